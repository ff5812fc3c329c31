/** The composer's state: attachments, and the tokens that they take. Has the model read ahead what is known so far. */
import { CancellationTokenSource, type Disposable, EventEmitter, workspace } from "vscode";
import type { Composer as ViewModel } from "../../media/messages.ts";
import type { CountResult, PrepareParams } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { loadParams } from "../config.ts";
import type { Attached, Attachments } from "../context/attachments.ts";
import { itemsOf, type Source } from "../context/sources.ts";
import type { Chat } from "./chat.ts";
import { agentHistoryOf, historyOf } from "./conversation.ts";
import { overflowOf } from "./overflow.ts";

/** Changes within this time are handled together, ms. */
const REST_MS = 50;

export class Composer implements Disposable {
  private readonly server: Server;
  private readonly chat: Chat;
  private readonly attachments: Attachments;
  private readonly changed = new EventEmitter<ViewModel>();
  private readonly listeners: Disposable[];
  /** The question so far; undefined until the page sends the first draft. */
  private draft: string | undefined;
  /** The last count of tokens, and the attachments that it is for. */
  private measured: { attached: Attached[]; count: CountResult } | undefined;
  private work = new CancellationTokenSource();
  private timer: NodeJS.Timeout | undefined;
  private conversation: string;
  readonly onDidChange = this.changed.event;

  constructor(server: Server, chat: Chat, attachments: Attachments) {
    this.server = server;
    this.chat = chat;
    this.attachments = attachments;
    this.conversation = chat.current.id;
    this.listeners = [
      attachments.onDidChange(() => this.refresh()),
      chat.onDidChange(() => this.follow()),
      workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
      workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
      server.onStatus(({ type }) => type === "ready" && this.measured === undefined && this.refresh()),
    ];
  }

  /** The first call starts the server, if a model is chosen: the user is about to ask something. */
  setDraft(text: string): void {
    if (this.draft === undefined && loadParams()) this.server.start().catch(() => {});
    this.draft = text;
    this.refresh();
  }

  /** Returns the attachments for the question being sent, and empties the composer. */
  take(): Source[] {
    const sources = this.attached().map(({ source }) => source);
    this.draft = "";
    this.attachments.clear();
    return sources;
  }

  viewModel(): ViewModel {
    const attached = this.attached();
    const { count } = this.measured ?? {};
    const items = this.measured?.attached.map(({ id }) => id);
    const attachments = attached.map(({ id, implicit, source }) => {
      const item = count?.context[items?.indexOf(id) ?? -1];
      return { ...source.reference, id, implicit, tokens: item?.tokens, cut: item?.cut };
    });
    return {
      attachments,
      budget: this.chat.budget,
      mode: this.chat.mode,
      agent: this.chat.agent.settings,
      queued: this.chat.queued.map(({ id, text }) => ({ id, text })),
      meter: count && { used: count.promptTokens, total: count.contextTokens, estimated: count.estimated },
      overflow: count && overflowOf(count, attachments),
    };
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.work.cancel();
    this.changed.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private follow(): void {
    const { id } = this.chat.current;
    if (id !== this.conversation) this.attachments.forgetRemoved();
    else this.refresh();
    this.conversation = id;
  }

  private attached(): Attached[] {
    const sent = new Set(
      this.chat.current.turns.flatMap(({ dropped, sources }) => (dropped ? [] : sources.map(({ hash }) => hash))),
    );
    return this.attachments.list(({ hash }) => hash !== undefined && sent.has(hash));
  }

  private refresh(): void {
    this.changed.fire(this.viewModel());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.measure(), REST_MS);
  }

  /** Counts tokens and reads ahead. Work for an earlier state of the composer is cancelled. */
  private async measure(): Promise<void> {
    this.work.cancel();
    const { type } = this.server.status;
    if (this.draft === undefined || (type !== "ready" && type !== "busy")) {
      this.measured = undefined;
      return this.changed.fire(this.viewModel());
    }
    const work = new CancellationTokenSource();
    this.work = work;
    const attached = this.attached();
    try {
      const params = await this.params(attached, this.draft);
      const count = await this.server.count(params, work.token);
      if (work.token.isCancellationRequested) return;
      this.measured = { attached, count };
      this.changed.fire(this.viewModel());
      // While a reply runs, its answer is unknown and the model is busy. The agent has a system message of its own.
      const isAsked = this.chat.mode === "ask" && !this.chat.isReplying;
      if (isAsked && count.promptTokens < count.contextTokens) await this.server.prepare(params, work.token);
    } catch {
      // Nothing is asked yet. Sending the question reports what cannot be read, or that the server is gone.
    }
  }

  private async params(attached: Attached[], draft: string): Promise<PrepareParams> {
    const { id, turns, summary } = this.chat.current;
    const history = this.chat.mode === "agent" ? agentHistoryOf(turns) : historyOf(turns);
    const messages = [...history, { role: "user" as const, content: draft }];
    const context = await itemsOf(attached.map(({ source }) => source));
    return { messages, summary, context, conversation: id };
  }
}
