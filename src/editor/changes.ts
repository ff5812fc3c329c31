/** Converts VS Code's changes and ranges to offsets, and back. */
import { Range, type TextDocument } from "vscode";
import type { Change } from "./hunks.ts";

/** From a change event of VS Code. */
export const toChange = (change: { rangeOffset: number; rangeLength: number; text: string }): Change => ({
  offset: change.rangeOffset,
  length: change.rangeLength,
  text: change.text,
});

/** From offsets in the present text. */
export const toRange = (document: TextDocument, { offset, length }: Pick<Change, "offset" | "length">): Range =>
  new Range(document.positionAt(offset), document.positionAt(offset + length));
