/** Makes an agent's edits in the documents, at once, as proposals that the user keeps or undoes. */
import path from "node:path/posix";
import { createPatch } from "diff";
import { type TextDocument, Uri, WorkspaceEdit, workspace } from "vscode";
import type { TextEdit } from "vscode-languageclient";
import type { ApproveResult, WorkspaceEditParams, WorkspaceEditResult } from "../../server/protocol.ts";
import { PendingRange } from "../edit/pendingRange.ts";
import type { ProposedChanges, Reviews } from "../edit/reviews.ts";
import { snapshotOf, toChanges } from "../edit/snapshot.ts";
import { applyChanges } from "../editor/hunks.ts";
import type { Journals } from "./journal.ts";
import type { TypedChanges } from "./typedChanges.ts";

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
      const folders = created ? await create(file.uri) : [];
      const made = folders && (await this.change(file, scope, typed, { created, folders }));
      return made ? { applied: true } : { applied: false, failureReason: created ? undefined : MOVED };
    } catch (error) {
      if (created) await remove(file.uri);
      return { applied: false, failureReason: error instanceof Denied ? error.message : GONE };
    }
  }

  /** Undefined if the user has changed the lines meanwhile. */
  private async change(
    { uri, version, edits }: FileEdit,
    { turn, step, allow }: EditScope,
    typed: TypedChanges,
    made: { created: boolean; folders: string[] },
  ): Promise<boolean> {
    const document = await workspace.openTextDocument(uri);
    const asked = version === undefined ? undefined : typed.since(document, version);
    // The agent has read the file on the disk.
    if (version === undefined && document.isDirty) return false;
    const shown = asked?.text ?? snapshotOf(document);
    const wanted = toChanges(shown, edits);
    const place = placeOf(wanted);
    const now = (): ProposedChanges | undefined => {
      const range = new PendingRange(place.start, place.end);
      for (const change of asked?.typed() ?? []) range.follow(change);
      const changes = asked ? range.rebase(wanted) : wanted;
      return changes && { changes, place: { start: range.start, end: range.end } };
    };
    if (version !== undefined && !asked) return false;
    const first = now();
    if (!first) return false;
    const before = document.getText();
    const after = applyChanges(before, first.changes).text;
    if (allow) {
      const { answer, why } = await allow(workspace.asRelativePath(uri), diffOf(before, after));
      if (answer === "no") throw new Denied(why);
    }
    const disk = document.isDirty || made.created ? undefined : await workspace.fs.readFile(uri);
    await this.journals.record(turn, { uri: uri.toString(), step, before, after, ...made }, disk);
    const origin = { instruction: "", budget: "off" as const, thought: "", turn };
    try {
      if (await this.reviews.propose(document, origin, now)) return true;
    } catch (error) {
      await this.journals.dropLast(turn);
      throw error;
    }
    await this.journals.dropLast(turn);
    return false;
  }
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

/** Creates an empty file. Returns the folders made for it, outermost first; undefined if it exists. */
async function create(uri: Uri): Promise<string[] | undefined> {
  const folders: string[] = [];
  for (let at = parent(uri); !(await exists(at)) && at.path !== "/"; at = parent(at)) folders.unshift(at.toString());
  const edit = new WorkspaceEdit();
  edit.createFile(uri, { overwrite: false, ignoreIfExists: false });
  return (await workspace.applyEdit(edit)) ? folders : undefined;
}

/** Deletes a file that was created for an edit that was not made. */
async function remove(uri: Uri): Promise<void> {
  const { size } = await workspace.fs.stat(uri).then(undefined, () => ({ size: 1 }));
  if (size === 0) await workspace.fs.delete(uri).then(undefined, () => {});
}

const parent = (uri: Uri) => uri.with({ path: path.dirname(uri.path) });
const exists = (uri: Uri) =>
  workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );

/** The range from the first to the last change, as offsets. */
const placeOf = (changes: ProposedChanges["changes"]) => ({
  start: Math.min(...changes.map(({ offset }) => offset)),
  end: Math.max(...changes.map(({ offset, length }) => offset + length)),
});

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
