/** Scrolls to a proposal. With a whole file selected, the editor shows only one end of it. */
import { Range, type TextEditor, TextEditorRevealType } from "vscode";
import type { Hunk } from "../editor/hunks.ts";

/** Shows the first hunk if none is in view. */
export function revealFirst(editor: TextEditor, hunks: readonly Hunk[]): void {
  const ranges = hunks.map(
    ({ start, end }) => new Range(editor.document.positionAt(start), editor.document.positionAt(end)),
  );
  const isSeen = ranges.some((range) => editor.visibleRanges.some((visible) => visible.intersection(range)));
  if (ranges[0] && !isSeen) editor.revealRange(ranges[0], TextEditorRevealType.InCenter);
}
