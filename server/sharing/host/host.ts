/** The engine host: one model for all programs of a user. */
import { realpathSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { t } from "@vscode/l10n";
import type { MessageConnection } from "vscode-languageserver/node";
import type { Supervisor } from "../../engine/client/supervisor.ts";
import { withSignal } from "../../engine/client/withSignal.ts";
import { EngineError } from "../../engine/engine.ts";
import { setTranslations } from "../../engine/language.ts";
import type { EnginePolicy, ModelInfo, OtherClients, Status } from "../../protocol.ts";
import { checkGreeting, checkLoad } from "../greeting.ts";
import * as wire from "../wire.ts";
import { isCompatible, isSame } from "./compatible.ts";
import { MemoryPolicy } from "./policy.ts";
import { ResumableReplies, type ResumableReply } from "./resumableReply.ts";
import { Session } from "./session.ts";

/** How long to wait for the first client's greeting, ms. The machine may be slow. */
const FIRST_CLIENT_MS = 30_000;
/** How long replies for an earlier version may take, ms. */
const DRAIN_MS = 5 * 60_000;
/** How long to keep a reply that has ended without its client for the client's next version, ms: a window reloads. */
const UNSEEN_MS = 20_000;
/** How often to check whether running replies have ended, ms. */
const CHECK_MS = 200;

export type HostOptions = {
  supervisor: Supervisor;
  /** Version of the product. */
  version: string;
  /** Rejects with an EngineError if the file must not be used. */
  checkFile: (file: string, signal: AbortSignal) => Promise<void>;
  /** How much RAM the engine's processes use, bytes, if known. */
  heldBytes: () => number | undefined;
  /** Stops accepting connections. */
  close: () => void;
  /** Ends the process. Called when the engine has ended. */
  end: () => void;
};

/** Serves all clients, and decides which model they share. */
export class Host {
  readonly supervisor: Supervisor;
  readonly replies = new ResumableReplies();
  /** The folder of installed backends; the client that loads a model names it. */
  backendsFolder: string | undefined;
  private readonly options: HostOptions;
  private readonly sessions = new Set<Session>();
  /** The loaded model's file without symbolic links, and its stamp: another file may have taken its name. */
  private file = { real: "", stamp: "" };
  /** Why the model was unloaded, for all clients but the one that asked for it. */
  private unloaded: { reason: string; askedBy?: Session } | undefined;
  private readonly policy: MemoryPolicy;
  /** The latest value that any client has set for each part of the policy. */
  private readonly latestPolicy: EnginePolicy = {};
  private ending = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.supervisor = options.supervisor;
    this.supervisor.onStatus(() => this.changed());
    this.policy = new MemoryPolicy({
      leave: () => void this.end(),
      unload: (reason) => void this.unloadFor(reason),
    });
    setTimeout(() => this.policy.clientsChanged(this.sessions.size), FIRST_CLIENT_MS).unref();
  }

  /** Serves a program that has connected. Its greeting makes it a client. */
  connect(connection: MessageConnection): void {
    let session: Session | undefined;
    connection.onRequest(wire.hello, (greeting): wire.Welcome => {
      checkGreeting(greeting);
      // The next host serves new clients.
      if (this.ending) connection.end();
      if (greeting.protocol === wire.PROTOCOL && !session && !this.ending) session = this.admit(connection, greeting);
      return { protocol: wire.PROTOCOL, version: this.options.version, pid: process.pid };
    });
    connection.onRequest(wire.drain, () => this.drain());
    connection.onRequest(wire.ping, () => null);
    const onGone = () => {
      session?.lost();
      if (session && this.sessions.delete(session)) this.onLeft(session);
      session = undefined;
    };
    connection.onClose(onGone);
    connection.onError(() => {
      connection.end();
      onGone();
    });
    connection.listen();
  }

  /** Whether a reply continues without its client. */
  keeps(reply: ResumableReply): boolean {
    return this.replies.has(reply);
  }

  /** Throws EngineError otherModel if others use another model, EngineError loadFailed, or the signal's reason. */
  async load(session: Session, request: wire.LoadRequest, signal: AbortSignal): Promise<ModelInfo> {
    const { params, backendsFolder } = checkLoad(request);
    this.backendsFolder = backendsFolder ?? this.backendsFolder;
    const others = [...this.sessions].filter((other) => other !== session && other.uses);
    const { params: wanted } = this.supervisor;
    const inUse = wanted !== undefined && !this.failed;
    // A client without others gets exactly what it asks for, even if that is less than what is loaded.
    const enough = others.length > 0 ? isCompatible : isSame;
    const file = { real: realPathOf(params.model), stamp: stampOf(params.model) };
    const isFile = file.real === this.file.real && file.stamp === this.file.stamp;
    const fits = inUse && isFile && enough(wanted, params) && !params.retryBackends;
    if (!fits && inUse && others.length > 0 && params.whenOther !== "replace") {
      if (params.whenOther !== "join") throw this.otherModel(session, { path: wanted.model, wanted: params.model });
    } else if (!fits) {
      this.file = file;
      this.unloaded = undefined;
      // Clients that wait for the model get the error.
      this.supervisor.load(params).catch(() => {});
    }
    // Check the file again: a loaded model is mapped from its file, not copied.
    if (fits) await this.options.checkFile(params.model, signal);
    session.uses = true;
    this.changed();
    const onAbort = () => {
      session.uses = false;
      // If other clients wait for the model too, it continues to load.
      if (![...this.sessions].some(({ uses }) => uses)) void this.unload(session);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await withSignal(this.supervisor.model(), signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async unload(session: Session): Promise<null> {
    await this.unloadFor(t("The model was unloaded in another window or program."), session);
    return null;
  }

  /** Makes room for the host of another version of the product. Running requests may finish. */
  private async drain(): Promise<null> {
    if (this.ending) return null;
    this.ending = true;
    this.options.close();
    for (const session of this.sessions) session.sendDraining();
    void this.endWhenIdle();
    return null;
  }

  /** Applies a client's policy. Parts that it leaves out stay as other clients have set them. */
  policyChanged({ policy }: Session): void {
    for (const [key, value] of Object.entries(policy))
      if (value !== undefined) Object.assign(this.latestPolicy, { [key]: value });
    this.policy.set({ ...this.latestPolicy });
  }

  /** Records a use of the model, even if only to read ahead. */
  used(): void {
    this.policy.used();
  }

  /** Sends every client its status, after any change. */
  changed(): void {
    const { type } = this.supervisor.status;
    this.policy.engineChanged({ loaded: type === "ready" || type === "busy", busy: this.activeRequests > 0 });
    for (const session of this.sessions) session.sendStatus(this.statusFor(session));
  }

  log(line: string): void {
    for (const session of this.sessions) session.log(line);
  }

  private admit(connection: MessageConnection, greeting: wire.Hello): Session {
    const session = new Session(connection, this, greeting);
    setTranslations(greeting.translations);
    this.sessions.add(session);
    // Report the client before its policy: a policy for the time without clients must not apply to the time before.
    this.policy.clientsChanged(this.sessions.size);
    this.policyChanged(session);
    // The client gets its status after the answer to its greeting.
    setImmediate(() => this.changed());
    return session;
  }

  /** The policy of the client that left last decides how long the model stays loaded. */
  private onLeft(session: Session): void {
    this.latestPolicy.keepAliveMinutes = session.policy.keepAliveMinutes;
    this.policyChanged(session);
    this.policy.clientsChanged(this.sessions.size);
    this.changed();
  }

  private async endWhenIdle(): Promise<void> {
    const started = Date.now();
    const within = (ms: number) => Date.now() - started < ms;
    while ((this.activeRequests > 0 && within(DRAIN_MS)) || (this.replies.unseen > 0 && within(UNSEEN_MS)))
      await pause(CHECK_MS);
    await this.end();
  }

  /** Unloads the model and ends the process. */
  async end(): Promise<void> {
    this.ending = true;
    this.policy.dispose();
    this.options.close();
    await this.supervisor.dispose().catch(() => {});
    this.options.end();
  }

  /** `askedBy`: the client that asked for it, which needs no reason. */
  private async unloadFor(reason: string, askedBy?: Session): Promise<void> {
    this.unloaded = { reason, askedBy };
    for (const session of this.sessions) session.uses = false;
    await this.supervisor.unload();
  }

  /** Number of running and waiting requests. */
  private get activeRequests(): number {
    return this.replies.running + [...this.sessions].reduce((sum, { requests }) => sum + requests, 0);
  }

  private get failed(): boolean {
    const { status } = this.supervisor;
    return status.type === "failed" && status.retryInMs === undefined;
  }

  private statusFor(session: Session): Status {
    const { status } = this.supervisor;
    if (status.type === "noModel")
      return this.unloaded && this.unloaded.askedBy !== session
        ? { ...status, reason: this.unloaded.reason }
        : { type: "noModel" };
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

  private otherModel(session: Session, files: { path: string; wanted: string }): EngineError {
    const { status } = this.supervisor;
    const loaded = "model" in status ? status.model.name : files.path.split(/[\\/]/).at(-1)!;
    const reason = t("{0} is loaded and used by other windows or programs.", loaded);
    const next = t("Use the loaded model, or load yours for all windows.");
    return new EngineError("otherModel", reason, { reason, next, loaded, ...files, others: this.othersOf(session) });
  }
}

/** The path itself if the file cannot be examined. */
function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}

/** Empty if the file cannot be examined; loading it reports that. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    return "";
  }
}
