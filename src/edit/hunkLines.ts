/** Which lines of a document a hunk is about. */
import type { Position, TextDocument } from "vscode";
import type { Hunk } from "../editor/hunks.ts";

export type HunkLines = {
  /** Where its lens goes, 0-based. */
  line: number;
  /** The lines that were added or changed, both inclusive; undefined where lines were only removed. */
  added?: { first: number; last: number };
  /** How many lines are gone or were changed. */
  removed: number;
};

export function hunkLines(document: TextDocument, { start, end, before }: Hunk): HunkLines {
  const removed = linesIn(before);
  const from = document.positionAt(start);
  if (start === end) return { line: lineOfRemoved(document, from, before), removed };
  const to = document.positionAt(end);
  // A hunk may begin with the line ending of the line above it, and end with its own.
  const startsBehind = to.line > from.line && from.character === document.lineAt(from.line).text.length;
  const first = startsBehind ? from.line + 1 : from.line;
  const last = to.character === 0 && to.line > first ? to.line - 1 : to.line;
  return { line: first, added: { first, last }, removed };
}

function lineOfRemoved(document: TextDocument, { line, character }: Position, before: string): number {
  const isAbove = character === 0 && /[\r\n]$/.test(before);
  const isBelow = !isAbove && /^[\r\n]/.test(before) && character === document.lineAt(line).text.length;
  return isBelow ? Math.min(line + 1, document.lineCount - 1) : line;
}

const linesIn = (text: string) =>
  text === ""
    ? 0
    : text
        .replace(/\r\n?|\n/g, "\n")
        .replace(/^\n|\n$/g, "")
        .split("\n").length;
