/** The proposals of all documents, made and taken back in the editor. */
import { t } from "@vscode/l10n";
import {
  type Disposable,
  EventEmitter,
  type TextDocument,
  type Uri,
  Range as VsRange,
  WorkspaceEdit,
  window,
  workspace,
} from "vscode";
import type { Change, Hunk } from "./hunks.ts";
import { Review } from "./review.ts";

/** The user may type a character between our look at the document and our change: then it is looked at again. */
const ATTEMPTS = 5;

export class Reviews implements Disposable {
  private readonly byUri = new Map<string, Review>();
  private readonly changed = new EventEmitter<Uri>();
  private readonly listeners: Disposable[];
  /** The hunks of a document have changed, or where they are. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.listeners = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const review = this.byUri.get(document.uri.toString());
        if (!review || contentChanges.length === 0) return;
        const waited = review.hunks.length > 0;
        review.changed(document.getText(), contentChanges.map(toChange));
        // Whoever types on in a document whose edits are all settled pays for no drawing.
        if (waited || review.hunks.length > 0) this.changed.fire(document.uri);
      }),
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.byUri.delete(uri.toString())) this.changed.fire(uri);
      }),
    ];
  }

  hunks(uri: Uri): readonly Hunk[] {
    return this.byUri.get(uri.toString())?.hunks ?? [];
  }

  /** The document without what waits for a verdict. */
  original(uri: Uri): string | undefined {
    return this.byUri.get(uri.toString())?.original;
  }

  /** Documents with hunks. */
  get open(): string[] {
    return [...this.byUri].filter(([, { hunks }]) => hunks.length > 0).map(([uri]) => uri);
  }

  /**
   * Makes the changes, as one step of undo, and shows them for a verdict.
   * @param changes for the document as it stands at the moment; undefined where they do not fit any more.
   * @returns false where they did not fit. Throws an Error with words for the user where the document takes no change.
   */
  async propose(document: TextDocument, changes: () => Change[] | undefined): Promise<boolean> {
    const key = document.uri.toString();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const wanted = changes();
      if (!wanted) return false;
      const review = this.byUri.get(key) ?? new Review(document.getText());
      this.byUri.set(key, review);
      review.propose(wanted);
      const { version } = document;
      if (await write(document, wanted)) return true;
      if (document.version === version) break;
    }
    const name = workspace.asRelativePath(document.uri);
    throw new Error(t("{0} could not be changed. Is it read-only, or was it deleted?", name));
  }

  keep(uri: Uri, id?: number): void {
    this.byUri.get(uri.toString())?.keep(id);
    this.changed.fire(uri);
  }

  async reject(document: TextDocument, id?: number): Promise<void> {
    const changes = this.byUri.get(document.uri.toString())?.reject(id) ?? [];
    if (changes.length > 0 && !(await write(document, changes)))
      throw new Error(t("{0} could not be changed back. Is it read-only?", workspace.asRelativePath(document.uri)));
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }
}

export const toChange = (change: { rangeOffset: number; rangeLength: number; text: string }): Change => ({
  offset: change.rangeOffset,
  length: change.rangeLength,
  text: change.text,
});

/** Through an editor where there is one: that respects what is read-only. False where nothing has come of it. */
async function write(document: TextDocument, changes: readonly Change[]): Promise<boolean> {
  const edits = changes.map(({ offset, length, text }) => ({
    range: new VsRange(document.positionAt(offset), document.positionAt(offset + length)),
    text,
  }));
  const { version } = document;
  const editor = window.visibleTextEditors.find((editor) => editor.document === document);
  // An editor that is read-only says that it has made the edit, and makes none.
  if (editor)
    return (
      (await editor.edit((builder) => {
        for (const { range, text } of edits) builder.replace(range, text);
      })) && document.version !== version
    );
  const edit = new WorkspaceEdit();
  for (const { range, text } of edits) edit.replace(document.uri, range, text);
  return workspace.applyEdit(edit);
}
