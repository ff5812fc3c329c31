/** Running edits. A document stays as it is until its edit is complete, checked, and still fits. */
import { t } from "@vscode/l10n";
import {
  CancellationTokenSource,
  type Disposable,
  EventEmitter,
  type Range,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { Budget } from "../../media/messages.ts";
import type { EditParams, EditResult, ReplyProgress } from "../../server/protocol.ts";
import type { Server, StreamedReply } from "../client/server.ts";
import { budgetToThinking, sampling } from "../config.ts";
import { toChange } from "../editor/changes.ts";
import type { Change } from "../editor/hunks.ts";
import { lspRange } from "../editor/lsp.ts";
import { PendingRange } from "./pendingRange.ts";
import type { ProposalOrigin } from "./review.ts";
import type { Reviews } from "./reviews.ts";
import { type Snapshot, snapshotOf, toChanges } from "./snapshot.ts";

/** What to edit, and how. */
export type EditRequest = {
  document: TextDocument;
  range: Range;
  budget: Budget;
} & Pick<EditParams, "instruction" | "diagnostics">;

/** A running edit as the editor shows it. */
export type EditRun = {
  readonly id: number;
  /** The offset of its range, which moves when the user types. */
  readonly start: number;
  readonly stage: "Waiting" | "Reading" | "Thinking" | "Writing";
  /** Tokens of the present stage. */
  readonly tokens: number;
  /** The end of the thought. */
  readonly tail: string;
};

/** Characters of the thought shown after a line of code. */
const TAIL_CHARS = 60;

type Run = { -readonly [K in keyof EditRun]: EditRun[K] } & {
  asked: ProposalOrigin;
  place: PendingRange;
  typed: Change[];
  document: TextDocument;
  cancel: CancellationTokenSource;
  reply?: StreamedReply<EditResult>;
};

/** Starts, follows and stops edits. Several can run at once, in one document too. */
export class EditRuns implements Disposable {
  private readonly server: Server;
  private readonly reviews: Reviews;
  private readonly runs = new Map<number, Run>();
  private readonly changed = new EventEmitter<void>();
  private readonly listener: Disposable;
  private next = 0;
  readonly onDidChange = this.changed.event;

  constructor(server: Server, reviews: Reviews) {
    this.server = server;
    this.reviews = reviews;
    this.listener = workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      for (const run of this.runs.values()) {
        if (run.document !== document) continue;
        // VS Code lists changes from the end of the document, so none moves the next.
        for (const change of contentChanges.map(toChange)) {
          run.typed.push(change);
          run.place.follow(change);
        }
        run.start = run.place.start;
      }
    });
  }

  in(uri: Uri): EditRun[] {
    return [...this.runs.values()].filter(({ document }) => document.uri.toString() === uri.toString());
  }

  /**
   * Asks for the edit and proposes it. Resolves with undefined if it was stopped. Rejects with a ServerError, or with
   * an Error in words for the user if the edit no longer fits.
   */
  async start({ document, range, budget, ...asked }: EditRequest): Promise<EditResult | undefined> {
    const shown = snapshotOf(document);
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const run: Run = {
      id: this.next++,
      start,
      stage: "Waiting",
      tokens: 0,
      tail: "",
      asked: { instruction: asked.instruction, budget, thought: "" },
      place: new PendingRange(start, end),
      typed: [],
      document,
      cancel: new CancellationTokenSource(),
    };
    this.runs.set(run.id, run);
    this.changed.fire();
    try {
      const params: EditParams = {
        ...asked,
        textDocument: { uri: shown.uri, version: shown.version },
        range: lspRange(range),
        thinking: budgetToThinking(budget),
        sampling: sampling(),
      };
      const reply = this.server.edit(params, (progress) => this.onProgress(run, progress), run.cancel.token);
      run.reply = reply;
      const result = await reply.result;
      if (run.cancel.token.isCancellationRequested) return undefined;
      await this.propose(run, shown, result);
      return result;
    } catch (error) {
      if (run.cancel.token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      this.runs.delete(run.id);
      run.cancel.dispose();
      this.changed.fire();
    }
  }

  /** Stops the run with this id, or without an id all runs in the document. */
  stop(uri?: Uri, id?: number): void {
    const isMeant = (run: Run) => (id === undefined ? run.document.uri.toString() === uri?.toString() : run.id === id);
    const stopped = [...this.runs.values()].filter(isMeant);
    for (const run of stopped) {
      run.cancel.cancel();
      this.runs.delete(run.id);
    }
    // Each event delays VS Code's drawing. Clicks on the lens of a stopped run must not keep the lens there.
    if (stopped.length > 0) this.changed.fire();
  }

  async answerNow(id: number): Promise<void> {
    // A thought that has ended needs no closing.
    await this.runs
      .get(id)
      ?.reply?.answerNow()
      .catch(() => {});
  }

  dispose(): void {
    for (const { cancel } of this.runs.values()) cancel.cancel();
    this.listener.dispose();
    this.changed.dispose();
  }

  private async propose({ document, typed, asked }: Run, shown: Snapshot, { edits, range }: EditResult): Promise<void> {
    if (edits.length === 0) {
      void window.showInformationMessage(t("Nemotron: the model found nothing to change here."));
      return;
    }
    const changes = toChanges(shown, edits);
    // A closed document sends no change events.
    const open = document.isClosed ? await reopened(document.uri) : document;
    const fits = await this.reviews.propose(open, asked, () => {
      const place = new PendingRange(shown.offsetAt(range.start), shown.offsetAt(range.end));
      if (open !== document) return open.getText() === shown.getText() ? { changes, place } : undefined;
      for (const change of typed) place.follow(change);
      const now = place.rebase(changes);
      return now && { changes: now, place: { start: place.start, end: place.end } };
    });
    if (!fits)
      throw new Error(t("The code changed while the edit was being written. The edit was not applied. Ask again."));
  }

  private onProgress(run: Run, progress: ReplyProgress): void {
    const before = run.stage;
    if (progress.type === "reading") Object.assign(run, { stage: "Reading", tokens: progress.read });
    if (progress.type === "thought") {
      const tail = (run.tail + progress.text).replace(/\s+/g, " ").slice(-TAIL_CHARS);
      run.asked.thought += progress.text;
      Object.assign(run, { stage: "Thinking", tokens: progress.tokens, tail });
    }
    if (progress.type === "answer") Object.assign(run, { stage: "Writing", tokens: progress.tokens, tail: "" });
    if (before !== run.stage) this.changed.fire();
  }
}

/** Brings a document back that was closed while its edit was being written. Throws an Error with words for the user. */
async function reopened(uri: Uri): Promise<TextDocument> {
  try {
    const { document } = await window.showTextDocument(uri, { preview: false, preserveFocus: true });
    return document;
  } catch {
    throw new Error(t("{0} was closed while the edit was being written.", workspace.asRelativePath(uri)));
  }
}

/** The stage of a running edit, in words. */
export function stageName(stage: EditRun["stage"]): string {
  const names: Record<EditRun["stage"], string> = {
    Waiting: t("Waiting"),
    Reading: t("Reading"),
    Thinking: t("Thinking"),
    Writing: t("Writing"),
  };
  return names[stage];
}
