import type { Position, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { linesOf } from "./lines.ts";
import { symbolsAround } from "./symbols.ts";

/** In lines. A longer symbol around a cursor is no longer what somebody means by "here". */
const LARGEST_SYMBOL = 200;

/**
 * What is meant when nothing is selected: the whole lines of the innermost function, class or the like around the
 * position, with the comments above it; the position's line where there is none, or only a very long one.
 */
export function enclosingRange(document: TextDocument, position: Position): Range {
  const lines = linesOf(document.getText());
  const line = Math.max(0, Math.min(position.line, lines.length - 1));
  const [symbol] = symbolsAround(lines, line, line, document.languageId);
  const fits = symbol !== undefined && symbol.last - symbol.first < LARGEST_SYMBOL;
  const { first, last } = fits ? symbol : { first: line, last: line };
  return { start: { line: first, character: 0 }, end: { line: last, character: lines[last]!.length } };
}
