import type { Position, Range } from "vscode-languageserver";

export function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

export function isEmpty({ start, end }: Range): boolean {
  return start.line === end.line && start.character === end.character;
}

/** Whether two ranges have something in common, be it only the place where one ends and the other begins. */
export function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

/**
 * First and last line (0-based) of which a range holds something. A range that ends where a line begins holds nothing
 * of that line, unless it holds nothing at all.
 */
export function touchedLines({ start, end }: Range): { first: number; last: number } {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { first: start.line, last };
}
