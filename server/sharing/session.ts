/** One client of the engine's host, from its greeting to the end of its connection. */
import type { CancellationToken, MessageConnection } from "vscode-languageserver/node";
import { EngineError } from "../engine/engine.ts";
import type { Watchdog } from "../engine/watchdog.ts";
import type { EngineResult } from "../engine/wire.ts";
import type { EnginePolicy, Status } from "../protocol.ts";
import { toResponseError } from "./errors.ts";
import { GoingReply } from "./goingReply.ts";
import { isPolicy } from "./greeting.ts";
import type { Host } from "./host.ts";
import { watch } from "./watch.ts";
import * as wire from "./wire.ts";

/** Within a second a client that is stopped keeps the engine no longer; a busy machine makes one silent for some. */
const TIMES = { pingMs: 250, stoppedMs: 600, silentMs: 15_000 };

/** A client that is gone hears nothing: its connection tells that it is. */
const quietly = (sending: Promise<void>) => void sending.catch(() => {});

type Work = { stop: (reason: Error) => void; reply?: GoingReply; unfollow?: () => void };

export class Session {
  readonly kind: wire.ClientKind;
  policy: EnginePolicy;
  /** It has asked for the model that is loaded, or taken it. */
  uses = false;
  private readonly connection: MessageConnection;
  private readonly host: Host;
  private readonly owner: string;
  private readonly work = new Map<number, Work>();
  private readonly pid: number;
  /** While something runs for it: a process that has been stopped keeps its connection, and would keep the model busy. */
  private watchdog: Watchdog | undefined;
  private told = "";

  constructor(connection: MessageConnection, host: Host, greeting: wire.Hello) {
    this.connection = connection;
    this.host = host;
    this.kind = greeting.kind;
    this.owner = greeting.owner;
    this.pid = greeting.pid;
    this.policy = greeting.policy;
    const on = connection;
    on.onRequest(wire.load, (asked, token) => this.answer(token, (signal) => host.load(this, asked, signal)));
    on.onRequest(wire.unload, (token) => this.answer(token, () => host.unload(this)));
    on.onRequest(wire.model, (token) => this.answer(token, (signal) => host.supervisor.model(signal)));
    on.onRequest(wire.ask, (asked, token) => this.answer(token, (signal) => this.ask(asked, signal)));
    on.onNotification(wire.policy, (policy) => {
      if (!isPolicy(policy)) return;
      this.policy = policy;
      host.policyChanged(this);
    });
  }

  /** Of this client, running or waiting. */
  get requests(): number {
    return [...this.work.values()].filter(({ reply }) => reply && !reply.isOver).length;
  }

  /** The client hears of a status once. */
  tell(status: Status): void {
    const text = JSON.stringify(status);
    if (text === this.told) return;
    this.told = text;
    quietly(this.connection.sendNotification(wire.status, status));
  }

  log(line: string): void {
    quietly(this.connection.sendNotification(wire.log, line));
  }

  tellDraining(): void {
    quietly(this.connection.sendNotification(wire.draining, null));
  }

  /** The connection is gone: what it asked for is stopped, but for replies that can be taken up again. */
  lost(): void {
    this.unwatch();
    this.letGo("The client is gone");
    for (const { unfollow } of this.work.values()) unfollow?.();
    this.connection.dispose();
  }

  private letGo(why: string): void {
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

  private async ask({ id, request }: wire.Asked, signal: AbortSignal): Promise<EngineResult> {
    const { supervisor } = this.host;
    this.host.used();
    const own = <P extends { owner?: string }>(prompt: P): P => ({ ...prompt, owner: this.ownerOf(prompt.owner) });
    switch (request.type) {
      case "respond":
        return this.follow(id, this.begin(own(request.request)), signal);
      case "resume":
        return this.follow(id, this.host.replies.get(this.owner, request.replyId), signal);
      case "prepare":
        return this.during(id, signal, (stop) => supervisor.prepare(own(request.request), stop));
      case "countPrompt":
        return this.during(id, signal, (stop) => supervisor.countPrompt(own(request.request), stop));
      case "countTokens":
        return this.during(id, signal, (stop) => supervisor.countTokens(request.texts, stop));
      case "forget":
        this.host.replies.forget(this.owner, request.conversation);
        await supervisor.forget(request.conversation, this.owner);
        return null;
      case "answerNow":
        await this.replyOf(request.reply).answerNow();
        return null;
      case "addBudget":
        return this.replyOf(request.reply).addBudget(request.tokens);
      default:
        throw new Error("There is no such request.");
    }
  }

  /** Other programs that a client serves are not the client itself. */
  private ownerOf(other: string | undefined): string {
    return other === undefined ? this.owner : JSON.stringify([this.owner, other]);
  }

  private begin(request: Parameters<Host["supervisor"]["respond"]>[0]): GoingReply {
    const reply = new GoingReply((signal) => this.host.supervisor.respond(request, signal));
    const { replyId, conversation } = request;
    if (replyId !== undefined) this.host.replies.add(this.owner, { replyId, conversation }, reply);
    // Also when its client is gone by then.
    const over = () => this.host.changed();
    reply.over.then(over, over);
    return reply;
  }

  private async follow(id: number, reply: GoingReply, signal: AbortSignal): Promise<null> {
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

  private async during<R>(id: number, signal: AbortSignal, handler: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const abort = new AbortController();
    this.begun(id, { stop: (reason) => abort.abort(reason) });
    try {
      return await handler(AbortSignal.any([signal, abort.signal]));
    } finally {
      this.ended(id);
    }
  }

  private replyOf(id: number) {
    const reply = this.work.get(id)?.reply;
    if (!reply) throw new EngineError("notThinking", "There is no such reply.");
    return reply.reply;
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
      this.letGo("The client no longer answers");
    };
    return watch(this.connection, { onSilent, pid: this.pid, times: TIMES });
  }

  private unwatch(): void {
    this.watchdog?.stop();
    this.watchdog = undefined;
  }
}
