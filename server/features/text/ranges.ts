import type { Position, Range } from "vscode-languageserver";

/** Whether `a` comes before `b`. False if they are equal. */
export function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Whether a range is only a position. */
export function isEmpty({ start, end }: Range): boolean {
  return start.line === end.line && start.character === end.character;
}

/** Whether two ranges overlap or touch. */
export function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

/**
 * First and last line (0-based) with content of the range. A range that ends at the start of a line does not include
 * that line, unless the range is empty.
 */
export function touchedLines({ start, end }: Range): { first: number; last: number } {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { first: start.line, last };
}
