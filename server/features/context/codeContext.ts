/** The code around a selection that an explanation or an edit gets. */
import type { Diagnostic, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { enclosingRange, symbolsAround } from "../code/enclosing.ts";
import type { Grammars } from "../code/grammars.ts";
import { importLines } from "../code/imports.ts";
import { fenceTag } from "../code/languages.ts";
import { outlineOf } from "../code/outline.ts";
import type { Declaration, Outline } from "../code/outlineTypes.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { cutMarker, importsBlock, linesBlock, problemsBlock, selectionBlock } from "../text/prompts.ts";
import { isEmpty } from "../text/ranges.ts";
import { type Selection, selectionOf } from "../text/selection.ts";
import { problemLines } from "./problems.ts";

/** Maximum number of import lines. */
const IMPORT_LINES = 20;
/** Maximum length of a symbol that is shown whole, lines. Of a longer one, an excerpt is shown. */
const SYMBOL_LINES = 80;
/** Maximum size of imports or a symbol, characters; longer ones are not hand-written code. */
const BLOCK_CHARS = 12_000;

/** `blocks`: parts of the prompt. `outline`: the document's. */
export type CodeContext = { blocks: string[]; selection: Selection; outline: Outline };

/**
 * Imports, the symbol around the selection, the selection, and its problems, in this order, as far as they exist. An
 * empty range stands for the symbol around it, or for its line. `nameOf`: the name of a document in prompts.
 */
export async function codeContext(
  grammars: Grammars,
  document: TextDocument,
  nameOf: (uri: string) => string,
  range: Range,
  diagnostics: readonly Diagnostic[],
): Promise<CodeContext> {
  const path = nameOf(document.uri);
  const text = document.getText();
  const lines = linesOf(text);
  const outline = await outlineOf(grammars, document.languageId, text);
  const given = selectionOf(document, range);
  const selection = isEmpty(given.range)
    ? selectionOf(document, enclosingRange(outline, document, given.range.start))
    : given;
  const tag = fenceTag(document.languageId);
  const blocks: string[] = [];

  const imports = importLines(lines, document.languageId, selection, IMPORT_LINES).join("\n");
  if (imports !== "" && imports.length <= BLOCK_CHARS) blocks.push(importsBlock(tag, imports));

  const symbol = enclosingSymbol(outline, document, lines, selection);
  const around = symbol && excerpt(lines, symbol, selection);
  if (around !== undefined && around.length <= BLOCK_CHARS)
    blocks.push(linesBlock(path, tag, symbol!.first + 1, symbol!.last + 1, around));

  blocks.push(selectionBlock(path, tag, selection.first + 1, selection.last + 1, selection.text));

  const problems = problemLines(diagnostics, nameOf, selection.range);
  if (problems.length > 0) blocks.push(problemsBlock(path, problems));
  return { blocks, selection, outline };
}

/** The outermost symbol that is short enough, else the innermost. None if it shows no more than the selection. */
function enclosingSymbol(
  outline: Outline,
  document: TextDocument,
  lines: readonly string[],
  { first, last }: Selection,
): Declaration | undefined {
  let [from, to] = [first, last];
  while (from < to && isBlank(lines[from]!)) from++;
  while (to > from && isBlank(lines[to]!)) to--;
  const around = symbolsAround(outline, document, lines, { first: from, last: to });
  const larger = around.filter((symbol) => symbol.first < from || symbol.last > to);
  return larger.findLast((symbol) => symbol.last - symbol.first < SYMBOL_LINES) ?? larger[0];
}

/**
 * An excerpt of a long symbol: its declaration, and the lines around the selection. Undefined if the selection itself
 * is long.
 */
function excerpt(lines: readonly string[], symbol: Declaration, selection: Selection): string | undefined {
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
