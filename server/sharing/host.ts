/** The engine's host: one model for all of a user's programs, which come and go. */
import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { t } from "@vscode/l10n";
import type { MessageConnection } from "vscode-languageserver/node";
import { EngineError } from "../engine/engine.ts";
import { speak } from "../engine/language.ts";
import type { Supervisor } from "../engine/supervisor.ts";
import { withSignal } from "../engine/withSignal.ts";
import type { EnginePolicy, LocalLoad, ModelInfo, OtherClients, Status } from "../protocol.ts";
import { GoingReplies, type GoingReply } from "./goingReply.ts";
import { expectGreeting, expectLoad } from "./greeting.ts";
import { MemoryPolicy } from "./policy.ts";
import { Session } from "./session.ts";
import { isSame, suits } from "./suits.ts";
import * as wire from "./wire.ts";

/** The first client has greeted by then, ms; it may be a slow machine. */
const FIRST_CLIENT_MS = 30_000;
/** So long the replies of an earlier version may take, ms. */
const DRAIN_MS = 5 * 60_000;
/** How often it is looked whether running replies have ended, ms. */
const LOOK_MS = 200;

export type HostOptions = {
  supervisor: Supervisor;
  /** Of the product. */
  version: string;
  /** Rejects with an EngineError where the file must not be used. */
  checkFile: (file: string, signal: AbortSignal) => Promise<void>;
  /** What the engine's processes hold of RAM, bytes, as far as that is known. */
  heldBytes: () => number | undefined;
  /** Takes no more connections. */
  close: () => void;
  /** All is over: the process is to end. */
  end: () => void;
};

export class Host {
  readonly supervisor: Supervisor;
  readonly replies = new GoingReplies();
  /** Where backends are installed; whoever has a model loaded says so. */
  backendsFolder: string | undefined;
  private readonly options: HostOptions;
  private readonly sessions = new Set<Session>();
  /** What was loaded, or is being loaded. */
  private wanted: LocalLoad | undefined;
  /** What its file looked like then: another one may have taken its name. */
  private file = "";
  /** Why the model is gone, for those who did not ask for that. */
  private gone: { reason: string; askedBy?: Session } | undefined;
  private readonly policy: MemoryPolicy;
  private readonly said: EnginePolicy = {};
  private ending = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.supervisor = options.supervisor;
    this.supervisor.onStatus(() => this.changed());
    this.policy = new MemoryPolicy({
      leave: () => void this.end(),
      unload: (reason) => void this.giveBack(reason),
    });
    setTimeout(() => this.policy.clientsChanged(this.sessions.size), FIRST_CLIENT_MS).unref();
  }

  /** A program has connected. It is a client once it has greeted. */
  connect(connection: MessageConnection): void {
    let session: Session | undefined;
    connection.onRequest(wire.hello, (greeting): wire.Welcome => {
      expectGreeting(greeting);
      // Who comes now is served by the next host.
      if (this.ending) connection.end();
      if (greeting.protocol === wire.PROTOCOL && !session && !this.ending) session = this.admit(connection, greeting);
      return { protocol: wire.PROTOCOL, version: this.options.version, pid: process.pid };
    });
    connection.onRequest(wire.drain, () => this.drain());
    connection.onRequest(wire.ping, () => null);
    const gone = () => {
      session?.lost();
      if (session && this.sessions.delete(session)) this.left(session);
      session = undefined;
    };
    connection.onClose(gone);
    connection.onError(() => {
      connection.end();
      gone();
    });
    connection.listen();
  }

  /** Whether a reply goes on without its client. */
  keeps(reply: GoingReply): boolean {
    return this.replies.has(reply);
  }

  /** Throws EngineError otherModel where others use another one, loadFailed, or the signal's reason. */
  async load(session: Session, asked: wire.LoadAsked, signal: AbortSignal): Promise<ModelInfo> {
    expectLoad(asked);
    const { params, backendsFolder } = asked;
    this.backendsFolder = backendsFolder ?? this.backendsFolder;
    const others = [...this.sessions].filter((other) => other !== session && other.uses);
    const inUse = this.wanted !== undefined && !this.failed;
    // Alone one gets exactly what one asks for, also less.
    const enough = others.length > 0 ? suits : isSame;
    const file = stampOf(params.model);
    const fits = inUse && enough(this.wanted!, params) && file === this.file && !params.retryBackends;
    if (!fits && inUse && others.length > 0 && params.whenOther !== "replace") {
      if (params.whenOther !== "join") throw this.otherModel(session, this.wanted!);
    } else if (!fits) {
      this.wanted = params;
      this.file = file;
      this.gone = undefined;
      // Whoever waits for the model hears of a failure.
      this.supervisor.load(params).catch(() => {});
    }
    // What is loaded is mapped from the file, not copied.
    if (fits) await this.options.checkFile(params.model, signal);
    session.uses = true;
    this.changed();
    const stopped = () => {
      session.uses = false;
      // Whoever joined meanwhile goes on waiting for it.
      if (![...this.sessions].some(({ uses }) => uses)) void this.unload(session);
    };
    signal.addEventListener("abort", stopped, { once: true });
    try {
      return await withSignal(this.supervisor.model(), signal);
    } finally {
      signal.removeEventListener("abort", stopped);
    }
  }

  async unload(session: Session): Promise<null> {
    await this.giveBack(t("The model was unloaded in another window or program."), session);
    return null;
  }

  /** Another version of the product wants to take over: what runs may end. */
  private async drain(): Promise<null> {
    if (this.ending) return null;
    this.ending = true;
    this.options.close();
    for (const session of this.sessions) session.tellDraining();
    void this.endWhenIdle(Date.now() + DRAIN_MS);
    return null;
  }

  /** What a client does not speak of stays as others have said. */
  policyChanged({ policy }: Session): void {
    for (const [key, value] of Object.entries(policy))
      if (value !== undefined) Object.assign(this.said, { [key]: value });
    this.policy.set({ ...this.said });
  }

  /** Something was asked of the model, be it only to read ahead. */
  used(): void {
    this.policy.used();
  }

  /** Tells every client what concerns it. */
  changed(): void {
    const { type } = this.supervisor.status;
    this.policy.engineChanged({ loaded: type === "ready" || type === "busy", busy: this.working > 0 });
    for (const session of this.sessions) session.tell(this.statusFor(session));
  }

  log(line: string): void {
    for (const session of this.sessions) session.log(line);
  }

  private admit(connection: MessageConnection, greeting: wire.Hello): Session {
    const session = new Session(connection, this, greeting);
    speak(greeting.translations);
    this.sessions.add(session);
    // First: what it says of the time without clients does not concern the time before it.
    this.policy.clientsChanged(this.sessions.size);
    this.policyChanged(session);
    // Behind the answer to its greeting.
    setImmediate(() => this.changed());
    return session;
  }

  /** Of several clients it is the last one that says for how long the model stays. */
  private left(session: Session): void {
    this.said.keepAliveMinutes = session.policy.keepAliveMinutes;
    this.policyChanged(session);
    this.policy.clientsChanged(this.sessions.size);
    this.changed();
  }

  private async endWhenIdle(deadline: number): Promise<void> {
    while (this.working > 0 && Date.now() < deadline) await pause(LOOK_MS);
    await this.end();
  }

  /** Gives all memory back. */
  async end(): Promise<void> {
    this.ending = true;
    this.policy.dispose();
    this.options.close();
    await this.supervisor.dispose().catch(() => {});
    this.options.end();
  }

  private async giveBack(reason: string, askedBy?: Session): Promise<void> {
    this.wanted = undefined;
    this.gone = { reason, askedBy };
    for (const session of this.sessions) session.uses = false;
    await this.supervisor.unload();
  }

  /** Requests that run or wait. */
  private get working(): number {
    return this.replies.running + [...this.sessions].reduce((sum, { requests }) => sum + requests, 0);
  }

  private get failed(): boolean {
    const { status } = this.supervisor;
    return status.type === "failed" && status.retryInMs === undefined;
  }

  private statusFor(session: Session): Status {
    const { status } = this.supervisor;
    if (status.type === "noModel")
      return this.gone && this.gone.askedBy !== session ? { ...status, reason: this.gone.reason } : { type: "noModel" };
    if (status.type !== "ready" && status.type !== "busy") return status;
    const held = { model: status.model, others: this.othersOf(session), heldBytes: this.options.heldBytes() };
    const { requests } = session;
    return requests > 0 ? { type: "busy", requests, ...held } : { type: "ready", ...held };
  }

  private othersOf(session: Session): OtherClients | undefined {
    const others = [...this.sessions].filter((other) => other !== session);
    if (others.length === 0) return undefined;
    const count = (kind: wire.ClientKind) => others.filter((other) => other.kind === kind).length;
    return {
      windows: count("window"),
      editors: count("editor"),
      terminals: count("terminal"),
      busy: others.some(({ requests }) => requests > 0),
    };
  }

  private otherModel(session: Session, { model: path }: LocalLoad): EngineError {
    const { status } = this.supervisor;
    const loaded = "model" in status ? status.model.name : path.split(/[\\/]/).at(-1)!;
    const reason = t("{0} is loaded, and other windows or programs use it.", loaded);
    const next = t("Use that one, or have yours loaded in its place, for all.");
    return new EngineError("otherModel", reason, { reason, next, loaded, path, others: this.othersOf(session) });
  }
}

/** Nothing where it cannot be looked at: loading it says so. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    return "";
  }
}
