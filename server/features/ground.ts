/** What an explanation or an edit is given to go by. */
import type { Diagnostic, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { enclosingRange } from "./enclosing.ts";
import { importLines } from "./imports.ts";
import { fenceTag } from "./languages.ts";
import { isBlank, linesOf } from "./lines.ts";
import { problemLines } from "./problems.ts";
import { cutMarker, importsBlock, linesBlock, problemsBlock, selectionBlock } from "./prompts.ts";
import { isEmpty } from "./ranges.ts";
import { type Selection, selectionOf } from "./selection.ts";
import { type CodeSymbol, symbolsAround } from "./symbols.ts";

const IMPORT_LINES = 20;
/** Of a longer symbol, only the surroundings of the selection are shown. */
const SYMBOL_LINES = 80;
/** Imports or a symbol with more characters than that are left out: no code that somebody wrote. */
const BLOCK_CHARS = 12_000;

export type Ground = { blocks: string[]; selection: Selection };

/**
 * Imports, the symbol around the selection, the selection itself, and the problems in it, in this order, each where
 * there is one. An empty range stands for the symbol around it, or else its line. `nameOf`: what a document is called.
 */
export function ground(
  document: TextDocument,
  nameOf: (uri: string) => string,
  range: Range,
  diagnostics: readonly Diagnostic[],
): Ground {
  const path = nameOf(document.uri);
  const lines = linesOf(document.getText());
  const given = selectionOf(document, range);
  const selection = isEmpty(given.range) ? selectionOf(document, enclosingRange(document, given.range.start)) : given;
  const tag = fenceTag(document.languageId);
  const blocks: string[] = [];

  const imports = importLines(lines, document.languageId, selection, IMPORT_LINES).join("\n");
  if (imports !== "" && imports.length <= BLOCK_CHARS) blocks.push(importsBlock(tag, imports));

  const symbol = enclosingSymbol(lines, selection, document.languageId);
  const around = symbol && excerpt(lines, symbol, selection);
  if (around !== undefined && around.length <= BLOCK_CHARS)
    blocks.push(linesBlock(path, tag, symbol!.first + 1, symbol!.last + 1, around));

  blocks.push(selectionBlock(path, tag, selection.first + 1, selection.last + 1, selection.text));

  const problems = problemLines(diagnostics, nameOf, selection.range);
  if (problems.length > 0) blocks.push(problemsBlock(path, problems));
  return { blocks, selection };
}

/** The outermost one that is short enough, else the innermost; none that shows no more than the selection does. */
function enclosingSymbol(
  lines: readonly string[],
  { first, last }: Selection,
  languageId: string,
): CodeSymbol | undefined {
  let [from, to] = [first, last];
  while (from < to && isBlank(lines[from]!)) from++;
  while (to > from && isBlank(lines[to]!)) to--;
  const larger = symbolsAround(lines, from, to, languageId).filter((symbol) => symbol.first < from || symbol.last > to);
  return larger.findLast((symbol) => symbol.last - symbol.first < SYMBOL_LINES) ?? larger[0];
}

/** Of a long symbol: its declaration, and what lies around the selection. Nothing where the selection is that long. */
function excerpt(lines: readonly string[], symbol: CodeSymbol, selection: Selection): string | undefined {
  if (symbol.last - symbol.first < SYMBOL_LINES) return lines.slice(symbol.first, symbol.last + 1).join("\n");
  const room = Math.floor((SYMBOL_LINES - (selection.last - selection.first + 1)) / 2);
  if (room < 1) return undefined;
  const from = Math.max(symbol.first, selection.first - room);
  const to = Math.min(symbol.last, selection.last + room);
  const head = from > symbol.declaration ? [lines[symbol.declaration]!] : [];
  const skipped = from - symbol.first - head.length;
  return [
    ...head,
    ...(skipped > 0 ? [cutMarker(skipped)] : []),
    ...lines.slice(from, to + 1),
    ...(to < symbol.last ? [cutMarker(symbol.last - to)] : []),
  ].join("\n");
}
