/** The proposals of all documents. They stay open until the user keeps or undoes them, also across windows. */

import { t } from "@vscode/l10n";
import {
  type Disposable,
  EventEmitter,
  type Memento,
  type TextDocument,
  type TextDocumentChangeEvent,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from "vscode";
import { toChange, toRange } from "../editor/changes.ts";
import { applyChanges, type Change } from "../editor/hunks.ts";
import { type PendingHunk, type Proposal, type ProposalOrigin, Review, type SavedReview } from "./review.ts";

/** How often to try again when the user types between the look at the document and its change. */
const ATTEMPTS = 5;
/** The workspace's key for open proposals. */
const PENDING = "edit.pending";
/** Hunks move with each key; they are saved after this pause, ms. */
const REST_MS = 500;

/** `place`: the range that the changes were asked for, as offsets in the present text. */
export type ProposedChanges = { changes: Change[]; place: { start: number; end: number } };
type Chosen = (hunk: PendingHunk) => boolean;

export class Reviews implements Disposable {
  private readonly memento: Memento;
  private readonly byUri = new Map<string, Review>();
  /** Documents being saved: changes to them do not come from the user. */
  private readonly saving = new Set<string>();
  private readonly changed = new EventEmitter<Uri>();
  private readonly listeners: Disposable[];
  private timer: NodeJS.Timeout | undefined;
  /** The hunks of a document have changed or moved. */
  readonly onDidChange = this.changed.event;

  /** @param memento of the workspace: it keeps open proposals for the next window. */
  constructor(memento: Memento) {
    this.memento = memento;
    for (const [uri, saved] of Object.entries(memento.get<Record<string, SavedReview>>(PENDING) ?? {}))
      this.byUri.set(uri, Review.restored(saved));
    this.listeners = [
      workspace.onDidChangeTextDocument((event) => this.follow(event)),
      workspace.onDidOpenTextDocument((document) => this.reopen(document)),
      workspace.onDidCloseTextDocument(({ uri }) => void this.checkClosed(uri)),
      workspace.onWillSaveTextDocument(({ document }) => this.saving.add(document.uri.toString())),
      workspace.onDidSaveTextDocument(({ uri }) => this.saving.delete(uri.toString())),
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.rename(oldUri, newUri);
      }),
    ];
    // Deferred: listeners are registered a moment later.
    setTimeout(() => {
      for (const document of workspace.textDocuments) this.reopen(document);
      for (const uri of this.open) void this.checkRestored(Uri.parse(uri, true));
    });
  }

  hunks(uri: Uri): readonly PendingHunk[] {
    return this.byUri.get(uri.toString())?.hunks ?? [];
  }

  /** The proposal with this id; undefined if it is unknown. */
  proposal(uri: Uri, id: number): Proposal | undefined {
    return this.byUri.get(uri.toString())?.proposal(id);
  }

  /** The document without its open proposals. */
  original(uri: Uri): string | undefined {
    return this.byUri.get(uri.toString())?.original;
  }

  /** URIs of documents with open hunks, whether the documents are open or not. */
  get open(): string[] {
    return [...this.byUri].filter(([, { hunks }]) => hunks.length > 0).map(([uri]) => uri);
  }

  /**
   * Makes the changes, as one step of undo, and shows them with Keep and Undo.
   * @param wanted computes the changes for the present text; undefined if they no longer fit.
   * @returns false if they did not fit. Rejects with an Error in words for the user if the document cannot be changed.
   */
  async propose(
    document: TextDocument,
    asked: ProposalOrigin,
    wanted: () => ProposedChanges | undefined,
  ): Promise<boolean> {
    const key = document.uri.toString();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = wanted();
      if (!now) return false;
      const review = this.byUri.get(key) ?? new Review(document.getText());
      this.byUri.set(key, review);
      review.propose(now.changes, asked, now.place);
      const { version } = document;
      if (await writeChanges(document, now.changes)) {
        this.save();
        return true;
      }
      if (document.version === version) break;
    }
    const name = workspace.asRelativePath(document.uri);
    throw new Error(t("{0} could not be changed. Is it read-only, or was it deleted?", name));
  }

  /** Keeps the hunks of this turn of an agent. */
  keepTurn(turn: string): void {
    for (const [uri, review] of [...this.byUri])
      if (review.hunks.some(review.isOf(turn))) this.keep(Uri.parse(uri, true), review.isOf(turn));
  }

  /** Undoes the hunks of this turn of an agent in a document. Rejects like `reject`. */
  async rejectTurn(document: TextDocument, turn: string): Promise<void> {
    await this.reject(document, this.byUri.get(document.uri.toString())?.isOf(turn));
  }

  /** Keeps the chosen hunks, or all. */
  keep(uri: Uri, isChosen?: Chosen): void {
    this.byUri.get(uri.toString())?.keep(isChosen);
    this.notify(uri);
    this.save();
  }

  /** Undoes the chosen hunks, or all. Rejects with an Error in words for the user if the document cannot be changed. */
  async reject(document: TextDocument, isChosen?: Chosen): Promise<void> {
    const changes = this.byUri.get(document.uri.toString())?.reject(isChosen) ?? [];
    const { isDirty } = document;
    if (changes.length > 0 && !(await writeChanges(document, changes)))
      throw new Error(t("{0} could not be changed back. Is it read-only?", workspace.asRelativePath(document.uri)));
    this.save();
    // The user would not see that a hidden document is unsaved.
    if (!isDirty && !window.visibleTextEditors.some((editor) => editor.document === document)) await document.save();
  }

  dispose(): void {
    this.save();
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private follow({ document, contentChanges, reason }: TextDocumentChangeEvent): void {
    const key = document.uri.toString();
    const review = this.byUri.get(key);
    if (!review || contentChanges.length === 0) return;
    const waited = review.hunks.length > 0;
    const changes = contentChanges.map(toChange);
    const isOthers = this.saving.has(key) || reason !== undefined || !document.isDirty;
    review.changed(document.getText(), changes, !(isOthers || isReformatted(review.text, changes)));
    // Typing in a document without open proposals costs no drawing.
    if (waited || review.hunks.length > 0) this.notify(document.uri);
  }

  private reopen(document: TextDocument): void {
    const review = this.byUri.get(document.uri.toString());
    if (!review) return;
    review.reopened(document.getText());
    this.notify(document.uri);
  }

  /**
   * For a document of the last window. If its file does not contain the hunks, they may be in the unsaved text that
   * VS Code keeps for a tab that it has not shown yet; opening the document brings that text back.
   */
  private async checkRestored(uri: Uri): Promise<void> {
    if (uri.scheme !== "untitled") await workspace.openTextDocument(uri).then(undefined, () => {});
    await this.checkClosed(uri);
  }

  /** For a document that is not open: drops its hunks if the file is gone, or does not contain them. */
  private async checkClosed(uri: Uri): Promise<void> {
    const key = uri.toString();
    const review = this.byUri.get(key);
    const isOpen = () => workspace.textDocuments.some((document) => document.uri.toString() === key);
    if (!review || isOpen()) return;
    const bytes =
      uri.scheme === "untitled" ? undefined : await workspace.fs.readFile(uri).then(undefined, () => undefined);
    // Opened again meanwhile, or renamed.
    if (isOpen() || this.byUri.get(key) !== review) return;
    const text = bytes && new TextDecoder().decode(bytes);
    if (text === undefined || text === review.original) review.keep();
    if (review.hunks.length === 0) this.byUri.delete(key);
    this.notify(uri);
  }

  /** A file, or a folder with files in it. */
  private rename(from: Uri, to: Uri): void {
    for (const [key, review] of [...this.byUri]) {
      const uri = Uri.parse(key, true);
      const renamed = renamedUri(uri, from, to);
      if (!renamed) continue;
      this.byUri.delete(key);
      this.byUri.set(renamed.toString(), review);
      const document = workspace.textDocuments.find((document) => document.uri.toString() === renamed.toString());
      if (document) review.reopened(document.getText());
      this.notify(uri);
      this.notify(renamed);
    }
  }

  private notify(uri: Uri): void {
    this.changed.fire(uri);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), REST_MS);
  }

  private save(): void {
    clearTimeout(this.timer);
    const waiting = [...this.byUri].filter(([, { hunks }]) => hunks.length > 0);
    void this.memento.update(PENDING, Object.fromEntries(waiting.map(([uri, review]) => [uri, review.saved()])));
  }
}

/** The new URI of a file when it, or a folder that it is in, was renamed; undefined if it was not. */
export function renamedUri(uri: Uri, from: Uri, to: Uri): Uri | undefined {
  if (uri.path !== from.path && !uri.path.startsWith(`${from.path}/`)) return undefined;
  return uri.with({ path: to.path + uri.path.slice(from.path.length) });
}

/** Writes through an editor if there is one, because it respects read-only documents. False if nothing has changed. */
export async function writeChanges(document: TextDocument, changes: readonly Change[]): Promise<boolean> {
  const edits = changes.map((change) => ({ range: toRange(document, change), text: change.text }));
  const { version } = document;
  const editor = window.visibleTextEditors.find((editor) => editor.document === document);
  // A read-only editor reports success without making the edit.
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

/** What formatters add, remove and exchange. */
const LAYOUT = /[\s;,()"'`]+/g;
const bare = (text: string) => text.replace(LAYOUT, "");

/** Whether changes only reformat the text. A single change of layout does not count: the user may type a space. */
function isReformatted(before: string, changes: readonly Change[]): boolean {
  const removed = changes.map(({ offset, length }) => before.slice(offset, offset + length)).join("");
  if (changes.length === 1 && bare(removed) === "") return false;
  return bare(applyChanges(before, changes).text) === bare(before);
}
