/** One run of the engine process, seen from the server. */
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { t } from "@vscode/l10n";
import type { Backend } from "../../protocol.ts";
import { EngineError, type ReplyEvent } from "../engine.ts";
import { fromWireError } from "../errors.ts";
import type { EngineResult, FromEngine, ToEngine } from "../wire.ts";
import { type Silence, Watchdog, type WatchdogTimes } from "./watchdog.ts";

/** How much of the end of stderr to keep for finding the reason of a crash, characters. */
const STDERR_CHARS = 8_192;

/**
 * A step of the model that takes longer than this counts as hanging, ms. A chunk takes 150 ms, a gigabyte of state on a
 * slow disk some seconds.
 */
const STEP_MS = 120_000;
/** How long to wait for a killed process to exit, ms. */
const GONE_MS = 2000;

/**
 * How the process ended. `reason`: a signal's name or an exit code, and the last message of the native code. `killed`:
 * another program killed it. `stopped`: another program stopped it, and the watchdog ended it because it was silent.
 */
export type Death = { reason: string; killed?: boolean; stopped?: boolean };

/** When to give up a process that no longer answers, ms. `stepMs`: a longer step of the model counts as hanging. */
export type ChildTimes = Partial<WatchdogTimes & { stepMs: number }>;

/** `env`: environment variables to add or replace. */
export type ChildOptions = { env?: NodeJS.ProcessEnv; times?: ChildTimes };

export type ChildListeners = {
  /** Called when a backend is tried or in use. If the process dies afterwards, this backend caused it. */
  onBackend: (backend: Backend) => void;
  /** Called with the progress of a load, from 0 to 1. */
  onProgress: (progress: number) => void;
  /** Called with messages to the user that belong to the loaded model. */
  onNote?: (note: string) => void;
  /** Called with each line of stderr. */
  onLine: (line: string) => void;
  /** Called once, when the process has ended in any way. */
  onDeath: (death: Death) => void;
};

type Pending = {
  resolve: (result: EngineResult) => void;
  reject: (error: Error) => void;
  onEvents?: (events: ReplyEvent[]) => void;
};

/** Omit, for each member of a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A message that has an answer, without its id: `Child` adds it. */
export type EngineRequest = Without<Exclude<ToEngine, { type: "cancel" | "ping" }>, "id">;

/** Sends requests to the engine process or the engine host. `onId`: called with the id that the request gets. */
export type EngineRequests<Request = EngineRequest> = {
  request<T extends EngineResult>(
    request: Request,
    options?: { signal?: AbortSignal; onEvents?: (events: ReplyEvent[]) => void; onId?: (id: number) => void },
  ): Promise<T>;
};

/** Starts an engine process at once. Requests fail with EngineError engineCrashed when it ends. */
export class Child implements EngineRequests {
  /** Set when the process has ended. */
  death: Death | undefined;
  /** The id of the request whose text native code is working on. If the process dies now, that text is the cause. */
  working: number | undefined;
  private readonly process: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  /** Call this when the process has ended. */
  private over: (code: number | null, signal: NodeJS.Signals | null, reason?: string) => void = () => {};
  private lastId = 0;
  private stderr = "";
  private ending: string | undefined;
  private silence: Silence | undefined;
  private readonly watchdog: Watchdog;

  constructor(enginePath: string, listeners: ChildListeners, { env, times }: ChildOptions = {}) {
    // The engine's stdout is ignored: this process's own may be the LSP connection to the client.
    // With several threads for native work, llama.cpp computes in one after the other. OpenMP gives each of them a team of
    // its own, and teams that wait keep the processors busy: a token takes 2 to 3 times as long (two cores).
    this.process = fork(enginePath, [], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
      env: { ...process.env, UV_THREADPOOL_SIZE: "1", ...env },
    });
    this.process.on("message", (message: FromEngine) => this.receive(message, listeners));
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_CHARS);
      for (const line of text.split("\n")) if (line.trim()) listeners.onLine(line);
    });
    this.watchdog = new Watchdog({
      ping: () => this.send({ type: "ping", stepMs: times?.stepMs ?? STEP_MS }),
      onSilent: (silence) => {
        this.silence = silence;
        this.kill();
      },
      pid: this.process.pid,
      times,
    });
    this.exited = new Promise((resolve) => {
      this.over = (code, signal, reason = this.reason(code, signal)) => {
        if (this.death) return;
        this.watchdog.stop();
        this.death = { reason, killed: signal === "SIGKILL" && !this.silence, stopped: this.silence?.stopped };
        this.failAll(this.crash(this.death));
        listeners.onDeath(this.death);
        resolve();
      };
    });
    // "close" rather than "exit": by then all of stderr has been read.
    this.process.once("close", (code, signal) => this.over(code, signal));
    this.process.on("error", (error) => this.over(null, null, error.message));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Sends a request. Aborting asks the engine to stop it, and the promise settles when it has stopped. */
  async request<T extends EngineResult>(
    request: EngineRequest,
    options: { signal?: AbortSignal; onEvents?: (events: ReplyEvent[]) => void; onId?: (id: number) => void } = {},
  ): Promise<T> {
    const { signal, onEvents } = options;
    signal?.throwIfAborted();
    if (this.death) throw this.crash(this.death);
    const id = ++this.lastId;
    options.onId?.(id);
    const cancel = () => this.send({ type: "cancel", id });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return (await new Promise<EngineResult>((resolve, reject) => {
        this.pending.set(id, { resolve, reject, onEvents });
        this.send({ ...request, id } as ToEngine);
      })) as T;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /**
   * Ends the process, which frees all its memory. Unfinished requests fail with this message.
   * @param saveMs time limit for saving conversations first, ms.
   */
  async end(message: string, saveMs = 0): Promise<void> {
    if (this.death) return;
    this.ending = message;
    if (saveMs > 0) {
      this.failAll(ended(message));
      const saved = this.request({ type: "save", withinMs: saveMs }).catch(() => {});
      await Promise.race([saved, pause(saveMs, undefined, { ref: false })]);
    }
    this.kill();
    await this.exited;
  }

  /**
   * SIGKILL: nothing else in the process needs to be saved, and a process that hangs in native code would ignore other
   * signals.
   */
  private kill(): void {
    this.process.kill("SIGKILL");
    // Even SIGKILL takes effect only when a driver returns from the kernel.
    setTimeout(() => this.over(null, "SIGKILL"), GONE_MS).unref();
  }

  private failAll(error: Error): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }

  private send(message: ToEngine): void {
    // A message to a process that has just died is lost. Its "close" rejects the pending requests.
    if (this.process.connected) this.process.send(message, () => {});
  }

  private crash({ reason }: Death): EngineError {
    if (this.ending) return ended(this.ending);
    const next = t("It is restarting. Send the request again.");
    return new EngineError("engineCrashed", t("The engine ended unexpectedly ({0}).", reason), { reason, next });
  }

  private receive(message: FromEngine, listeners: ChildListeners): void {
    if (message.type === "backend") listeners.onBackend(message.backend);
    else if (message.type === "progress") listeners.onProgress(message.progress);
    else if (message.type === "note") listeners.onNote?.(message.note);
    else if (message.type === "pong") this.watchdog.heard();
    else if (message.type === "works") this.working = message.id;
    else {
      const pending = this.pending.get(message.id);
      if (message.type === "events") pending?.onEvents?.(message.events);
      else {
        this.pending.delete(message.id);
        if (message.type === "result") pending?.resolve(message.result);
        else pending?.reject(fromWireError(message.error));
      }
    }
  }

  private reason(code: number | null, signal: NodeJS.Signals | null): string {
    const ending = this.silence ? t("it stopped responding") : (signal ?? t("exit code {0}", code ?? "?"));
    const hint = ending === "SIGKILL" ? t("killed, perhaps because memory ran out") : undefined;
    const lastError = this.stderr
      .split("\n")
      .findLast((line) => /GGML_ASSERT|ggml_abort|error|terminate|what\(\)|\.(cpp|cu):\d+: /i.test(line));
    // The path of the source file at compile time is not useful.
    return [ending, hint, lastError?.trim().replace(/^\S*[\\/](?=[\w-]+\.\w+:\d+: )/, "")].filter(Boolean).join(": ");
  }
}

const ended = (message: string) =>
  new EngineError("engineCrashed", message, { reason: message, next: t("Load a model.") });
