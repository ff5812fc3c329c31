/** Finds the function, class or the like around a place. */
import type { Position, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { linesOf } from "../text/lines.ts";
import { lineOutline } from "./lineOutline.ts";
import { flatten } from "./outline.ts";
import type { Declaration, Outline } from "./outlineTypes.ts";

/** Maximum length of a symbol, lines. A longer symbol around the cursor is hardly what the user means. */
const MAX_SYMBOL_LINES = 200;
/** Values that are code of their own: types, and the rules of style sheets. */
const CODE_VALUES = /^(?:type_|rule_set$|keyframes_statement$)/;

/** The symbols of a document's outline that contain all lines from `first` to `last`, inclusive; innermost first. */
export function symbolsAround(
  { declarations, errors }: Outline,
  { languageId }: Pick<TextDocument, "languageId">,
  lines: readonly string[],
  { first, last }: { first: number; last: number },
): Declaration[] {
  const containing = (declarations: readonly Declaration[]) =>
    flatten(declarations)
      .filter((symbol) => symbol.group !== "value" || CODE_VALUES.test(symbol.kind))
      .filter((symbol) => symbol.first <= first && last <= symbol.last)
      .reverse();
  const found = containing(declarations);
  // Unfinished code may be missing in the tree.
  return found.length > 0 || errors === 0 ? found : containing(lineOutline(lines, languageId));
}

/**
 * The range that a request without a selection is about. It covers the lines of the innermost function, class or the
 * like around the position, with the comments above it. If there is none, or only a very long one, it covers the
 * position's line.
 */
export function enclosingRange(outline: Outline, document: TextDocument, position: Position): Range {
  const lines = linesOf(document.getText());
  const line = Math.max(0, Math.min(position.line, lines.length - 1));
  const [symbol] = symbolsAround(outline, document, lines, { first: line, last: line });
  const fits = symbol !== undefined && symbol.last - symbol.first < MAX_SYMBOL_LINES;
  const { first, last } = fits ? symbol : { first: line, last: line };
  return { start: { line: first, character: 0 }, end: { line: last, character: lines[last]!.length } };
}
