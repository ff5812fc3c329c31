/** The part of a document that a request is about. */
import type { Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { commonIndentation, dedent, indentationOf } from "./indentation.ts";
import { isBlank, linesOf, unixLines } from "./lines.ts";
import { touchedLines } from "./ranges.ts";

export type Selection = {
  /** Inside the document, start before end. */
  range: Range;
  /** The lines it touches, 0-based, both inclusive. */
  first: number;
  last: number;
  /** As it stands in the document, but for "\n" as the only line ending. */
  original: string;
  /** As the model gets to see it: without the indentation that all of its lines share. */
  text: string;
  /** That indentation. */
  indentation: string;
  /** What stands before the selection on its first line. */
  before: string;
  /** What stands behind it on its last line. */
  after: string;
};

/** Any range is brought into the document; the selection is that range exactly. */
export function selectionOf(document: TextDocument, range: Range): Selection {
  const offsets = [document.offsetAt(range.start), document.offsetAt(range.end)].sort((a, b) => a - b);
  const [start, end] = [document.positionAt(offsets[0]!), document.positionAt(offsets[1]!)];
  const before = document.getText({ start: { line: start.line, character: 0 }, end: start });
  const original = unixLines(document.getText({ start, end }));
  const [head = "", ...rest] = linesOf(original);
  const indentation = sharedIndentation([before + head, ...rest]);
  // A selection that begins behind its first line's indentation is shown as if it began before it.
  const shownHead = isBlank(before) ? dedent(before + head, indentation) : head;
  const text = [shownHead, ...rest.map((line) => dedent(line, indentation))].join("\n");
  const after = unixLines(document.getText({ start: end, end: { line: end.line + 1, character: 0 } })).trimEnd();
  return { range: { start, end }, ...touchedLines({ start, end }), original, text, indentation, before, after };
}

/** Code that is put where nothing but white space was begins where that white space ended. */
function sharedIndentation(lines: string[]): string {
  return lines.every(isBlank) ? indentationOf(lines[0]!) : commonIndentation(lines);
}
