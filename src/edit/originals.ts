/** The original text of proposals: as a peek in the editor, and as a diff. */
import path from "node:path/posix";
import { t } from "@vscode/l10n";
import {
  commands,
  type Disposable,
  EventEmitter,
  Location,
  Range,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import { type Hunk, withoutHunks } from "../editor/hunks.ts";
import { hunkLines } from "./hunkLines.ts";
import type { Reviews } from "./reviews.ts";

const SCHEME = "nemotron-original";

export class Originals implements TextDocumentContentProvider, Disposable {
  private readonly reviews: Reviews;
  private readonly changed = new EventEmitter<Uri>();
  private readonly listeners: Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(reviews: Reviews) {
    this.reviews = reviews;
    this.listeners = [
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      reviews.onDidChange((uri) => this.changed.fire(originalOf(uri))),
    ];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.reviews.original(Uri.parse(uri.query)) ?? "";
  }

  async openDiff(uri: Uri): Promise<void> {
    const title = t("{0} (proposed edit)", workspace.asRelativePath(uri));
    await commands.executeCommand("vscode.diff", originalOf(uri), uri, title);
  }

  /**
   * Shows a hunk's original lines in a peek below the change. The peek of VS Code's quick diff would also show other
   * providers' changes, with git's buttons.
   */
  async peek(document: TextDocument, id: number): Promise<void> {
    const hunks = this.reviews.hunks(document.uri);
    const hunk = hunks.find((hunk) => hunk.id === id);
    if (!hunk) return;
    const { added, line } = hunkLines(document, hunk);
    const at = new Range(added?.last ?? line, 0, added?.last ?? line, 0).start;
    await window.showTextDocument(document, { selection: new Range(at, at) });
    const before = await workspace.openTextDocument(originalOf(document.uri));
    const places = [new Location(before.uri, placeBefore(document, before, hunks, hunk))];
    await commands.executeCommand("editor.action.peekLocations", document.uri, at, places, "peek");
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }
}

/** The range of a hunk's lines in the original document. */
function placeBefore(document: TextDocument, before: TextDocument, hunks: readonly Hunk[], hunk: Hunk): Range {
  const above = hunks.filter(({ start }) => start < hunk.start);
  const offset = withoutHunks(document.getText().slice(0, hunk.start), above).length;
  return new Range(before.positionAt(offset), before.positionAt(offset + hunk.before.length));
}

/** The document with the proposal, from either side of its diff. */
export const documentOfDiff = (uri: Uri): Uri => (uri.scheme === SCHEME ? Uri.parse(uri.query, true) : uri);

/** Has the document's own name, so that it is shown in its language, in a folder whose name says what it is. */
const originalOf = (uri: Uri) =>
  Uri.from({ scheme: SCHEME, path: `/${t("before")}/${path.basename(uri.path)}`, query: uri.toString() });
