/** Recognises a diff in place of code, and reads it as passages. */
import type { EditBlock } from "../text/blocks.ts";
import { isBlank, linesOf } from "../text/lines.ts";

const HEADER =
  /^(?:diff --git |index [\da-f]+|--- |\+\+\+ |\\ No newline|(?:new|deleted) file mode|\*\*\* (?:Begin|End) Patch|\*\*\* (?:Update|End of) File)/;
const HUNK = /^@@(?:.*@@)?/;

/** Whether code is a diff. `tag`: the block's language. Lists also begin with + and -, so the selection decides. */
export function isDiff(code: string, tag: string, selected: string): boolean {
  const lines = linesOf(code).filter((line) => !isBlank(line));
  if (/^(?:diff|patch|udiff)$/i.test(tag)) return lines.some((line) => /^[+-]/.test(line));
  if (lines.some((line) => /^@@ -|^\*\*\* Begin Patch/.test(line))) return true;
  const [added, removed] = [/^\+(?!\+\+)/, /^-(?!--)/].map((sign) => lines.filter((line) => sign.test(line)));
  const known = new Set(linesOf(selected).map((line) => line.trim()));
  const isContext = (line: string) => line.startsWith(" ") || known.has(line.trim());
  if (added!.length === 0 || removed!.length === 0) return false;
  if (!lines.every((line) => /^[+-]/.test(line) || isContext(line))) return false;
  return (
    removed!.some((line) => known.has(line.slice(1).trim())) &&
    !lines.some((line) => /^[+-]/.test(line) && known.has(line.trim()))
  );
}

/**
 * One passage for each "@@", or one in all. Context may lack its leading space. A space after a sign is not part of the
 * line if the selected text does not have it.
 */
export function passagesOf(code: string, selected: string): EditBlock[] {
  const shown = new Set(linesOf(selected).map((line) => line.trimEnd()));
  const isShown = (line: string) => shown.has(line.trimEnd());
  const lines = linesOf(code);
  const signed = lines.filter((line) => /^-(?!--)/.test(line) && !isBlank(line.slice(1)));
  const spaced = signed.length > 0 && signed.every((line) => line[1] === " " && isShown(line.slice(2)));
  const sign = spaced && !signed.some((line) => isShown(line.slice(1))) ? 2 : 1;
  const bare = lines.some((line) => /^[^\s+@-]/.test(line) && !HEADER.test(line) && isShown(line));
  const context = (line: string) => {
    const cut = line.replace(/^ /, "");
    return (bare || !isShown(cut)) && isShown(line) ? line : cut;
  };
  const blocks: EditBlock[] = [];
  let open: EditBlock = { search: [], replacement: [] };
  let begun = false;
  for (const line of lines) {
    if (!begun && HEADER.test(line)) continue;
    if (HUNK.test(line) || HEADER.test(line)) {
      blocks.push(open);
      open = { search: [], replacement: [] };
      begun = HUNK.test(line);
      continue;
    }
    begun = true;
    if (line.startsWith("-")) open.search.push(line.slice(sign));
    else if (line.startsWith("+")) open.replacement.push(line.slice(sign));
    else for (const part of [open.search, open.replacement]) part.push(context(line));
  }
  blocks.push(open);
  return blocks.filter(({ search, replacement }) => search.length > 0 || replacement.length > 0);
}
