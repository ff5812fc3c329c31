/** A document as the model saw it, while the open one changes. */
import type { TextDocument } from "vscode";
import type { TextEdit } from "vscode-languageclient";
import { TextDocument as Snapshot } from "vscode-languageserver-textdocument";
import type { Change } from "../editor/hunks.ts";

export { TextDocument as Snapshot } from "vscode-languageserver-textdocument";

/** A copy of the document as it is now. */
export const snapshotOf = (document: TextDocument): Snapshot =>
  Snapshot.create(document.uri.toString(), document.languageId, document.version, document.getText());

/** Edits of the snapshot, as changes of its text. */
export function toChanges(shown: Snapshot, edits: readonly TextEdit[]): Change[] {
  return edits.map(({ range, newText }) => {
    const offset = shown.offsetAt(range.start);
    return { offset, length: shown.offsetAt(range.end) - offset, text: newText };
  });
}
