/** The part of a document that a request is about. */
import type { Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { commonIndentation, dedent, indentationOf, indentationUnit } from "./indentation.ts";
import { isBlank, linesOf, unixLines } from "./lines.ts";
import { touchedLines } from "./ranges.ts";

/** A range with its text, in the document and as the model sees it. */
export type Selection = {
  /** Inside the document; the start is not after the end. */
  range: Range;
  /** The lines it touches, 0-based, both inclusive. */
  first: number;
  last: number;
  /** Its text in the document, with "\n" as the only line ending. */
  original: string;
  /** The text as the model sees it: without the common indentation of its lines. */
  text: string;
  /** The common indentation. On a blank line, that of the block that the line is in. */
  indentation: string;
  /** The indentation of the line above, if the selection is blank: a block can end there or continue. */
  above?: string;
  /** The text before the selection on its first line. */
  before: string;
  /** The text after the selection on its last line. */
  after: string;
};

/** Clips a range to the document and returns that range as a selection. */
export function selectionOf(document: TextDocument, range: Range): Selection {
  const offsets = [document.offsetAt(range.start), document.offsetAt(range.end)].sort((a, b) => a - b);
  const [start, end] = [document.positionAt(offsets[0]!), document.positionAt(offsets[1]!)];
  const before = document.getText({ start: { line: start.line, character: 0 }, end: start });
  const original = unixLines(document.getText({ start, end }));
  const [head = "", ...rest] = linesOf(original);
  const after = unixLines(document.getText({ start: end, end: { line: end.line + 1, character: 0 } })).trimEnd();
  const lines = [before + head, ...rest];
  const isFree = [...lines, after].every(isBlank);
  const around = isFree ? indentationAround(linesOf(document.getText()), touchedLines({ start, end })) : undefined;
  const indentation = around && lines[0] === "" ? around.block : sharedIndentation(lines);
  // A selection that begins after its first line's indentation is shown as if it began before it.
  const shownHead = isBlank(before) ? dedent(before + head, indentation) : head;
  const text = [shownHead, ...rest.map((line) => dedent(line, indentation))].join("\n");
  const touched = touchedLines({ start, end });
  return { range: { start, end }, ...touched, original, text, indentation, above: around?.above, before, after };
}

/** Indentation of the line above blank lines, and of the block that they are in. */
function indentationAround(lines: readonly string[], { first, last }: { first: number; last: number }) {
  const above = lines.slice(0, first).findLast((line) => !isBlank(line)) ?? "";
  const below = lines.slice(last + 1).find((line) => !isBlank(line)) ?? "";
  const [upper, lower] = [above, below].map(indentationOf) as [string, string];
  if (!CLOSES.test(below)) return { above: upper, block: lower };
  if (!OPENS.test(above) || upper !== lower) return { above: upper, block: upper };
  return { above: upper, block: upper + (indentationUnit(lines) ?? "") };
}

const OPENS = /[{([]\s*$/;
const CLOSES = /^\s*(?:[)\]}]|<\/|end\b)/;

/** For a selection of white space, the code begins where that white space ends. */
function sharedIndentation(lines: string[]): string {
  return lines.every(isBlank) ? indentationOf(lines[0]!) : commonIndentation(lines);
}
