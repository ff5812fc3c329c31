/** Lines that only close a block. They all look alike, so what they close decides whether the reply needs them. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { opensBlock } from "../text/raggedLine.ts";
import type { Selection } from "../text/selection.ts";
import { normalizeSpace } from "./hunks.ts";

const SIGNS = /^(?:end\w*\s*)?[)\]}]+[)\]};,]*(?:\s*(?:\/\/|--|#).*)?$|^<\/[\w.:-]+\s*>$/i;
const WORDS = /^(?:(?:\{%-?\s*|@)?(?:end\w*|fi|done|esac)(?:\s+\w+)?\s*(?:-?%\})?[;.]?|\\end\{[\w*]+\})$/i;

/** Whether a line closes a block and does nothing else. */
const closes = (line: string) => SIGNS.test(line.trim()) || WORDS.test(line.trim());

/**
 * The lines of a reply, without lines at its end that repeat those right below the selection, if these close a block
 * around the selection and no block of the reply.
 */
export function withoutClosers(
  lines: string[],
  file: readonly string[],
  { last, text, before, after }: Pick<Selection, "last" | "text" | "before" | "after">,
): string[] {
  if (!isBlank(before) || after !== "") return lines;
  const filled = lines.flatMap((line, i) => (isBlank(line) ? [] : [{ line, i }]));
  const reply = filled.map(({ line }) => line);
  const below = file.slice(last + 1).filter((line) => !isBlank(line));
  for (let n = 1 + reply.findLastIndex((line) => !closes(line)); n > 0 && n < reply.length; n++) {
    const [rest, closers] = [reply.slice(0, n), reply.slice(n)];
    if (!closers.every((line, i) => normalizeSpace(line) === normalizeSpace(below[i] ?? ""))) continue;
    if (closers.some((line) => WORDS.test(line.trim()) && hasOpened(rest, line))) continue;
    if (isBalanced(rest, linesOf(text))) return lines.slice(0, filled[n]!.i);
  }
  return lines;
}

/** Whether the lines open a block that `closer`, a word such as `end`, closes at its depth. */
function hasOpened(lines: readonly string[], closer: string): boolean {
  const width = indentationWidth(closer);
  const widths = lines.map(indentationWidth);
  const ended = lines.findLastIndex((line, i) => widths[i] === width && closes(line));
  const head = widths.findIndex((own, i) => i > ended && own <= width);
  if (head < 0) return false;
  return lines.some((line, i) => i >= head && (widths[i]! > width || (widths[i] === width && opensBlock(line))));
}

/** Whether `closer` closes a block that `lines`, which are above it, do not open. `own`: the selection's lines. */
export function isUnopened(lines: readonly string[], closer: string, own: readonly string[]): boolean {
  if (!closes(closer)) return false;
  return WORDS.test(closer.trim()) ? !hasOpened(lines, closer) : !isBalanced([...lines, closer], own);
}

/** Whether both texts leave the same number of brackets and of elements open. */
export function isBalanced(lines: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [lines.join("\n"), others.join("\n")];
  return bracketsIn(one) === bracketsIn(other) && tagsIn(one) === tagsIn(other);
}

/** How many more brackets a text opens than it closes, of all kinds together. Brackets in strings do not count. */
export function bracketsIn(text: string): number {
  const code = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, "");
  return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
}

/** How many more elements of markup a text opens than it closes. 0 without any closing tag. */
export function tagsIn(text: string): number {
  if (!text.includes("</")) return 0;
  const opened = text.match(/<[a-z][\w-]*(?:\s[^<>]*)?(?<!\/)>/gi)?.filter((tag) => !VOID.test(tag)).length ?? 0;
  return opened - (text.match(/<\/[a-z]/gi)?.length ?? 0);
}

const VOID = /^<(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b/i;
