/** Finds conditional imports of Python at the top of a file: under `try:`, and under `if sys.version_info …:`. */
import { isBlank } from "../text/lines.ts";
import { isComment } from "../text/words.ts";
import { type ImportStatement, importStatements } from "./imports.ts";

/** The head of such a block. Blocks for type checkers or for scripts alone do not count. */
const OPENS = /^(?:try\s*:|(?:if|elif)\b(?!.*\b(?:TYPE_CHECKING|__name__)\b).*:)/;
const GOES_ON = /^(?:except\b|else\s*:|finally\s*:|elif\b)/;

/** Lines are 0-based. `end`: the last line of the block that an import is in. */
export type FallbackImport = ImportStatement & { end: number };

/** The imports in their order. They hold for the whole file. */
export function fallbackImports(lines: readonly string[]): FallbackImport[] {
  const found: FallbackImport[] = [];
  for (const { first, last } of blocksOf(lines)) {
    const inner = lines.slice(first, last + 1).map((line) => line.trimStart());
    for (const statement of importStatements(inner, "python"))
      found.push({ first: first + statement.first, last: first + statement.last, end: last });
  }
  return found;
}

/** The blocks above the first function or class. */
function blocksOf(lines: readonly string[]): { first: number; last: number }[] {
  const blocks: { first: number; last: number }[] = [];
  let open: { first: number; last: number } | undefined;
  for (const [line, text] of lines.entries()) {
    if (isBlank(text) || isComment(text)) continue;
    if (open && (/^\s/.test(text) || GOES_ON.test(text))) open.last = line;
    else if (OPENS.test(text)) {
      open = { first: line, last: line };
      blocks.push(open);
    } else open = undefined;
    if (/^(?:(?:async\s+)?def|class)\b/.test(text)) break;
  }
  return blocks;
}
