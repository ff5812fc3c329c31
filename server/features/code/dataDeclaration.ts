/** Helpers for outlines of data. */
import { indentationWidth } from "../text/indentation.ts";
import type { Declaration } from "./outlineTypes.ts";

/** The kinds of declarations in such outlines. Entries are separated by commas. */
export const DATA_KINDS = /^(?:key|entry|rule|element)$/;

/** A declaration on one line, without children yet. `first`: the first line of the comments above it. */
export function dataDeclaration(
  kind: "key" | "entry" | "rule" | "element",
  name: string,
  first: number,
  line: number,
): Declaration {
  return { name, kind, group: "value", nameless: false, first, declaration: line, last: line, children: [] };
}

/** The first line of the comments right above a line, with the same indentation. */
export function commentsAbove(lines: readonly string[], line: number, comment: RegExp): number {
  let first = line;
  const depth = indentationWidth(lines[line]!);
  while (first > 0 && comment.test(lines[first - 1]!.trim()) && indentationWidth(lines[first - 1]!) === depth) first--;
  return first;
}
