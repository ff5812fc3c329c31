/** Imports of an answer's code that a file lacks. */
import { importStatements } from "../imports.ts";
import { isBlank } from "../lines.ts";
import { goPaths, missingGo } from "./goImports.ts";
import { missingNames } from "./scriptImports.ts";
import type { Replacement, Source } from "./source.ts";

type Lines = { first: number; last: number };

const SCRIPT = /^(?:type|java)script/;
/** What comes before the first import. */
const PREAMBLE = /^(?:#!|\/\/|\/\*|\*|#(?!\s*include)|--|["']use |package\b|<\?php|declare\(|namespace\b)/;

/** `imports`: those of the code. */
export function addImports(file: Source, code: Source, imports: readonly Lines[]): Replacement[] {
  const own = importStatements(file.lines, file.languageId);
  const [before, wanted] = [textsOf(file, own), textsOf(code, imports)];
  if (file.languageId === "go") {
    const group = own.find(({ first }) => /^import\s*\(/.test(file.lines[first]!));
    const missing = missingGo(goPaths(before), wanted, group !== undefined);
    return missing.length === 0 ? [] : [group ? inserted(group.last, missing) : atTop(file, own, missing)];
  }
  const missing = SCRIPT.test(file.languageId) ? missingNames(before, wanted) : missingTexts(before, wanted);
  return missing.length === 0 ? [] : [atTop(file, own, missing)];
}

const textsOf = ({ lines }: Source, statements: readonly Lines[]) =>
  statements.map(({ first, last }) => lines.slice(first, last + 1).join("\n"));

const bare = (text: string) => text.replace(/\s+/g, " ").replace(/;\s*$/, "").trim();

function missingTexts(before: readonly string[], wanted: readonly string[]): string[] {
  const known = new Set(before.map(bare));
  return wanted.filter((text) => !known.has(bare(text))).flatMap((text) => text.split("\n"));
}

const inserted = (at: number, lines: string[]): Replacement => ({ first: at, last: at - 1, lines });

/** Behind the last import, or else above all code, with a blank line between. */
function atTop(file: Source, own: readonly Lines[], lines: string[]): Replacement {
  const last = own.at(-1)?.last;
  if (last !== undefined) return inserted(last + 1, lines);
  let at = 0;
  while (at < file.lines.length && PREAMBLE.test(file.lines[at]!.trim())) at++;
  const doc = /^("""|''')/.exec(file.lines[at] ?? "")?.[1];
  if (doc && file.languageId === "python") {
    const end = file.lines.findIndex(
      (line, i) => i >= at && line.trimEnd().endsWith(doc) && (i > at || line.length > 5),
    );
    at = end + 1;
  }
  const above = at > 0 && !isBlank(file.lines[at - 1]!) ? [""] : [];
  const below = isBlank(file.lines[at] ?? "") ? [] : [""];
  return inserted(at, [...above, ...lines, ...below]);
}
