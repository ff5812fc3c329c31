/** One client of the engine host, from its greeting to the end of its connection. */
import type { CancellationToken, MessageConnection } from "vscode-languageserver/node";
import type { ModelRequest } from "../../engine/client/engineClient.ts";
import type { Supervisor } from "../../engine/client/supervisor.ts";
import type { Watchdog } from "../../engine/client/watchdog.ts";
import { EngineError, type PromptRequest } from "../../engine/engine.ts";
import type { EngineResult } from "../../engine/wire.ts";
import type { EnginePolicy, ModelInfo, Status } from "../../protocol.ts";
import { toResponseError } from "../errors.ts";
import { checkCall, isPolicy } from "../greeting.ts";
import { watch } from "../watch.ts";
import * as wire from "../wire.ts";
import { type ResumableReplies, ResumableReply } from "./resumableReply.ts";

/** A stopped client loses the engine within a second. A silent one gets longer, because the machine may be busy. */
const TIMES = { pingMs: 250, stoppedMs: 600, silentMs: 15_000 };

/** Ignores the error of a lost connection, which the connection itself reports. */
const quietly = (sending: Promise<void>) => void sending.catch(() => {});

type Work = { stop: (reason: Error) => void; reply?: ResumableReply; unfollow?: () => void };

/** The part of the host that a session uses (host.ts). */
export interface SessionHost {
  readonly supervisor: Supervisor;
  readonly replies: ResumableReplies;
  load(session: Session, request: wire.LoadRequest, signal: AbortSignal): Promise<ModelInfo>;
  unload(session: Session): Promise<null>;
  policyChanged(session: Session): void;
  keeps(reply: ResumableReply): boolean;
  used(): void;
  changed(): void;
}

/** Answers one client's requests, and sends it status and events. */
export class Session {
  readonly kind: wire.ClientKind;
  policy: EnginePolicy;
  /** Whether this client uses the loaded model: it has requested it, or joined it. */
  uses = false;
  private readonly connection: MessageConnection;
  private readonly host: SessionHost;
  private readonly owner: string;
  private readonly work = new Map<number, Work>();
  private readonly pid: number;
  /** Runs while requests of this client run: a stopped process keeps its connection, and would keep the model busy. */
  private watchdog: Watchdog | undefined;
  private lastStatus = "";

  constructor(connection: MessageConnection, host: SessionHost, greeting: wire.Hello) {
    this.connection = connection;
    this.host = host;
    this.kind = greeting.kind;
    this.owner = greeting.owner;
    this.pid = greeting.pid;
    this.policy = greeting.policy;
    const on = connection;
    on.onRequest(wire.load, (request, token) => this.answer(token, (signal) => host.load(this, request, signal)));
    on.onRequest(wire.unload, (token) => this.answer(token, () => host.unload(this)));
    on.onRequest(wire.model, (token) => this.answer(token, (signal) => host.supervisor.model(signal)));
    on.onRequest(wire.call, (call, token) => this.answer(token, (signal) => this.call(checkCall(call), signal)));
    on.onNotification(wire.policy, (policy) => {
      if (!isPolicy(policy)) return;
      this.policy = policy;
      host.policyChanged(this);
    });
  }

  /** Number of running and waiting replies of this client. */
  get requests(): number {
    return [...this.work.values()].filter(({ reply }) => reply && !reply.isOver).length;
  }

  /** Sends the client a status, if it differs from the last one. */
  sendStatus(status: Status): void {
    const text = JSON.stringify(status);
    if (text === this.lastStatus) return;
    this.lastStatus = text;
    quietly(this.connection.sendNotification(wire.status, status));
  }

  log(line: string): void {
    quietly(this.connection.sendNotification(wire.log, line));
  }

  sendDraining(): void {
    quietly(this.connection.sendNotification(wire.draining, null));
  }

  /** Call this when the connection is lost. Stops the client's requests, except resumable replies. */
  lost(): void {
    this.unwatch();
    this.stopWork("The client is gone");
    for (const { unfollow } of this.work.values()) unfollow?.();
    this.connection.dispose();
  }

  private stopWork(why: string): void {
    for (const { stop, reply } of this.work.values()) if (!reply || !this.host.keeps(reply)) stop(new Error(why));
  }

  private async answer<R>(token: CancellationToken, handler: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort(new Error("Cancelled")));
    try {
      return await handler(abort.signal);
    } catch (error) {
      throw toResponseError(error, abort.signal.aborted);
    } finally {
      subscription.dispose();
    }
  }

  private async call({ id, request }: wire.EngineCall, signal: AbortSignal): Promise<EngineResult> {
    const { supervisor } = this.host;
    this.host.used();
    switch (request.type) {
      case "respond":
        return this.follow(id, this.begin({ type: "respond", request: this.owned(request.request) }), signal);
      case "resume":
        return this.follow(id, this.host.replies.get(this.owner, request.replyId), signal);
      case "answerNow":
      case "addBudget":
        return this.replyOf(request.reply).steer(request);
      case "forget":
        this.host.replies.forget(this.owner, request.conversation);
        await supervisor.forget(request.conversation, this.owner);
        return null;
      case "countTokens":
        return this.forward(id, request, signal);
      default:
        return this.forward(id, { ...request, request: this.owned(request.request) }, signal);
    }
  }

  /** The prompt with its owner. Programs that this client serves have other owners than the client itself. */
  private owned<Prompt extends PromptRequest>(prompt: Prompt): Prompt {
    const { owner } = prompt;
    return { ...prompt, owner: owner === undefined ? this.owner : JSON.stringify([this.owner, owner]) };
  }

  private begin(request: Extract<ModelRequest, { type: "respond" }>): ResumableReply {
    const reply = new ResumableReply((signal) => this.host.supervisor.ready(signal), request);
    const { replyId, conversation } = request.request;
    if (replyId !== undefined) this.host.replies.add(this.owner, { replyId, conversation }, reply);
    // The status changes even if the client is gone by then.
    const over = () => this.host.changed();
    reply.over.then(over, over);
    return reply;
  }

  private async follow(id: number, reply: ResumableReply, signal: AbortSignal): Promise<null> {
    const unfollow = reply.follow((events) => quietly(this.connection.sendNotification(wire.events, { id, events })));
    const stop = (reason: Error) => reply.stop.abort(reason);
    const cancel = () => stop(signal.reason);
    signal.addEventListener("abort", cancel, { once: true });
    this.begun(id, { stop, reply, unfollow });
    try {
      await reply.over;
      return null;
    } finally {
      signal.removeEventListener("abort", cancel);
      unfollow();
      this.ended(id);
    }
  }

  private async forward(id: number, request: ModelRequest, cancelled: AbortSignal): Promise<EngineResult> {
    const abort = new AbortController();
    const signal = AbortSignal.any([cancelled, abort.signal]);
    this.begun(id, { stop: (reason) => abort.abort(reason) });
    try {
      const engine = await this.host.supervisor.ready(signal);
      return await engine.request(request, { signal });
    } finally {
      this.ended(id);
    }
  }

  private replyOf(id: number): ResumableReply {
    const reply = this.work.get(id)?.reply;
    if (!reply) throw new EngineError("notThinking", "There is no such reply.");
    return reply;
  }

  private begun(id: number, work: Work): void {
    this.work.set(id, work);
    this.watchdog ??= this.watch();
    this.host.changed();
  }

  private ended(id: number): void {
    this.work.delete(id);
    if (this.work.size === 0) this.unwatch();
    this.host.changed();
  }

  private watch(): Watchdog {
    const onSilent = () => {
      this.watchdog = undefined;
      this.stopWork("The client no longer answers");
    };
    return watch(this.connection, { onSilent, pid: this.pid, times: TIMES });
  }

  private unwatch(): void {
    this.watchdog?.stop();
    this.watchdog = undefined;
  }
}
