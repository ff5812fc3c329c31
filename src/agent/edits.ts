/** Makes an agent's edits in the documents, at once, as proposals that the user keeps or undoes. */
import { createPatch } from "diff";
import { type TextDocument, Uri, workspace } from "vscode";
import type { TextEdit } from "vscode-languageclient";
import type { ApproveResult, WorkspaceEditParams, WorkspaceEditResult } from "../../server/protocol.ts";
import { PendingRange } from "../edit/pendingRange.ts";
import type { ProposedChanges, Reviews } from "../edit/reviews.ts";
import { toChanges } from "../edit/snapshot.ts";
import { applyChanges, type Change } from "../editor/hunks.ts";
import { createFile, removeCreated } from "./createdFile.ts";
import type { Journals } from "./journal.ts";
import type { Followed, TypedChanges } from "./typedChanges.ts";

/** Where an edit belongs: the turn, and the row of its step. `allow`: asks the user, if each edit is asked about. */
export type EditScope = { turn: string; step: string; allow?: (file: string, diff: string) => Promise<ApproveResult> };

/** An edit in one file. `version`: of the document that it is for; undefined for the file on the disk. */
type FileEdit = { uri: Uri; version?: number; edits: TextEdit[] };

/** Why an edit was not made, for the model. */
const MOVED = "The user has just changed these lines. Read them again.";
const GONE = "The file cannot be changed.";

export class AgentEdits {
  private readonly reviews: Reviews;
  private readonly journals: Journals;

  constructor(reviews: Reviews, journals: Journals) {
    this.reviews = reviews;
    this.journals = journals;
  }

  /** @param typed what was typed since the agent began. */
  async make(
    { edit, created }: WorkspaceEditParams,
    scope: EditScope,
    typed: TypedChanges,
  ): Promise<WorkspaceEditResult> {
    const file = fileEdit(edit);
    if (!file) return { applied: false, failureReason: GONE };
    try {
      const made = await (created ? this.create(file, scope, typed) : this.change(file, scope, typed));
      return made ? { applied: true } : { applied: false, failureReason: created ? undefined : MOVED };
    } catch (error) {
      return { applied: false, failureReason: error instanceof Denied ? error.message : GONE };
    }
  }

  /** Asks before anything is on the disk. False if the file exists. */
  private async create(file: FileEdit, { allow, ...scope }: EditScope, typed: TypedChanges): Promise<boolean> {
    const { uri, edits } = file;
    if (allow) await askFor(allow, uri, "", edits.map(({ newText }) => newText).join(""));
    const folders = await createFile(uri);
    if (!folders) return false;
    let isMade = false;
    try {
      isMade = await this.change(file, scope, typed, folders);
    } finally {
      if (!isMade) await removeEmpty(uri, folders);
    }
    return isMade;
  }

  /** False if the user has changed the lines meanwhile. @param folders those made for the file, if it is new. */
  private async change(
    { uri, version, edits }: FileEdit,
    { turn, step, allow }: EditScope,
    typed: TypedChanges,
    folders?: string[],
  ): Promise<boolean> {
    let document = await workspace.openTextDocument(uri);
    // The agent has read the file on the disk.
    if (version === undefined && document.isDirty) return false;
    const asked = typed.since(document, version ?? document.version);
    let now = asked && placed(toChanges(asked.text, edits), asked);
    const shown = now?.();
    if (!shown) return false;
    if (allow) {
      const text = document.getText();
      await askFor(allow, uri, text, applyChanges(text, shown.changes).text);
      // VS Code closes a document without an editor after some minutes.
      if (document.isClosed) {
        document = await workspace.openTextDocument(uri);
        const again = document.getText() === text ? typed.since(document, document.version) : undefined;
        now = again && placed(shown.changes, again);
      }
    }
    const disk = folders || document.isDirty ? undefined : await workspace.fs.readFile(uri);
    const first = now?.();
    if (!now || !first) return false;
    const before = document.getText();
    const change = { uri: uri.toString(), step, before, after: applyChanges(before, first.changes).text };
    const made = { created: folders !== undefined, folders: folders ?? [] };
    await this.journals.record(turn, { ...change, ...made }, document.isDirty ? undefined : disk);
    const origin = { instruction: "", budget: "off" as const, thought: "", turn };
    let isMade = false;
    try {
      isMade = await this.reviews.propose(document, origin, now);
    } finally {
      if (!isMade) await this.journals.dropLast(turn);
    }
    return isMade;
  }
}

/** Computes an edit's changes for the present text. Undefined if the user has changed the lines. */
function placed(wanted: Change[], { typed }: Followed): () => ProposedChanges | undefined {
  const start = Math.min(...wanted.map(({ offset }) => offset));
  const end = Math.max(...wanted.map(({ offset, length }) => offset + length));
  return () => {
    const range = new PendingRange(start, end);
    const since = typed();
    for (const change of since ?? []) range.follow(change);
    const changes = since && range.rebase(wanted);
    return changes && { changes, place: { start: range.start, end: range.end } };
  };
}

/** Throws Denied unless the user allows the edit. */
async function askFor(allow: NonNullable<EditScope["allow"]>, uri: Uri, before: string, after: string): Promise<void> {
  const { answer, why } = await allow(workspace.asRelativePath(uri), diffOf(before, after));
  if (answer === "no") throw new Denied(why);
}

/** The user does not allow an edit. The message is for the model. */
class Denied extends Error {
  constructor(why: string | undefined) {
    super(`The user does not allow this edit${why ? `: ${why}` : "."}`);
  }
}

/** A unified diff without the file header. */
const diffOf = (before: string, after: string) =>
  createPatch("", before.replaceAll("\r\n", "\n"), after.replaceAll("\r\n", "\n")).split("\n").slice(4).join("\n");

/** The edit's only file; undefined if it has none, or several. */
function fileEdit({ documentChanges = [], changes = {} }: WorkspaceEditParams["edit"]): FileEdit | undefined {
  const files = [
    ...documentChanges.flatMap((change): FileEdit[] => {
      if (!("textDocument" in change)) return [];
      const { uri, version } = change.textDocument;
      const edits = change.edits.filter((edit): edit is TextEdit => "newText" in edit);
      return [{ uri: Uri.parse(uri, true), version: version ?? undefined, edits }];
    }),
    ...Object.entries(changes).map(([uri, edits]) => ({ uri: Uri.parse(uri, true), edits })),
  ];
  return files.length === 1 ? files[0] : undefined;
}

/** Deletes a file that was created for an edit that was not made. What the user has written into it stays. */
async function removeEmpty(uri: Uri, folders: readonly string[]): Promise<void> {
  const document = await workspace.openTextDocument(uri).then(undefined, () => undefined);
  if (document?.getText() === "") await removeCreated(document, folders);
}

/** Saves the documents that a turn has changed. Returns the paths of those that could not be saved. */
export async function saveAll(uris: Iterable<string>): Promise<string[]> {
  const failed: string[] = [];
  for (const uri of new Set(uris)) {
    const document = openDocument(uri);
    if (document?.isDirty && !(await document.save())) failed.push(workspace.asRelativePath(document.uri));
  }
  return failed;
}

/** The document if it is open. */
const openDocument = (uri: string): TextDocument | undefined =>
  workspace.textDocuments.find((document) => document.uri.toString() === uri);
