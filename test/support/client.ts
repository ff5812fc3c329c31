/** A language client without an editor: starts the built server as a child process and talks LSP to it over stdio. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  CancellationTokenSource,
  createProtocolConnection,
  type InitializeParams,
  type InitializeResult,
  ProgressType,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import {
  type ChatParams,
  type ChatResult,
  type InitializationOptions,
  Method,
  type ReplyProgress,
  type Status,
} from "../../server/protocol.ts";
import { childrenOf } from "./processes.ts";

/** The toy model's file. */
export const TOY = path.resolve("test/models/nemotron-h-toy.gguf");
const replyProgress = new ProgressType<ReplyProgress>();

/** The engine ends with its last client, so that tests leave nothing behind. */
const ENDS_WITH_ITS_CLIENT = ["--keep-alive", "0"];

export type ClientOptions = {
  /** The server to start; the built one by default. */
  module?: string;
  args?: string[];
  env?: Record<string, string>;
  capabilities?: InitializeParams["capabilities"];
  /** The editor's language, for example `de`. */
  locale?: string;
  initializationOptions?: InitializationOptions;
  folder?: string;
  /** The runtime folder: clients with the same one share an engine. Left out: one of its own. */
  runtime?: string;
  /** Called as soon as the process exists. */
  onStart?: (client: Client) => void;
};

export class Client {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly statuses: Status[] = [];
  initialized!: InitializeResult;
  stderr = "";
  /** Rejects when the server's process ends. */
  readonly ended: Promise<never>;
  private tokens = 0;
  private readonly watchers = new Set<(status: Status) => void>();

  /** The folder of the engine host's socket. */
  readonly runtime: string;
  private readonly ownsRuntime: boolean;

  private constructor({ module = "dist/server.mjs", args = [], env = {}, runtime }: ClientOptions) {
    this.ownsRuntime = runtime === undefined;
    this.runtime = runtime ?? newRuntime();
    const folders = { NEMOTRON_RUNTIME_DIR: this.runtime, NEMOTRON_STATES_DIR: path.join(this.runtime, "states") };
    this.process = spawn(process.execPath, [module, "--stdio", ...ENDS_WITH_ITS_CLIENT, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...folders, ...env },
    });
    this.process.stderr!.on("data", (data) => {
      this.stderr += data;
    });
    this.ended = new Promise((_, reject) => {
      this.process.once("exit", (code, signal) => reject(new Error(`The server ended (${signal ?? code}).`)));
    });
    this.ended.catch(() => {});
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.connection.onNotification(Method.status, (status: Status) => {
      this.statuses.push(status);
      for (const watcher of this.watchers) watcher(status);
    });
    this.connection.listen();
  }

  /**
   * Starts a server and initializes it. `--gpu off` unless the arguments say otherwise. Rejects if it ends before that.
   */
  static async start(options: ClientOptions = {}): Promise<Client> {
    const client = new Client(options);
    options.onStart?.(client);
    const initialized = client.connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: options.capabilities ?? {},
      locale: options.locale,
      initializationOptions: options.initializationOptions,
      workspaceFolders: [{ uri: pathToFileURL(options.folder ?? path.resolve("test/samples")).href, name: "folder" }],
    } satisfies InitializeParams);
    client.initialized = await Promise.race([initialized, client.ended]);
    await client.connection.sendNotification("initialized", {});
    return client;
  }

  /** Starts a server with the toy model on the CPU. */
  static toy(args: string[] = [], options: ClientOptions = {}): Promise<Client> {
    return Client.start({ ...options, args: ["--model", TOY, "--gpu", "off", "--context", "8192", ...args] });
  }

  get status(): Status {
    return this.statuses.at(-1) ?? { type: "noModel" };
  }

  /** Waits until a status satisfies the condition; the current one counts. */
  async until<T extends Status = Status>(condition: (status: Status) => boolean): Promise<T> {
    if (condition(this.status)) return this.status as T;
    return new Promise((resolve) => {
      const watcher = (status: Status) => {
        if (!condition(status)) return;
        this.watchers.delete(watcher);
        resolve(status as T);
      };
      this.watchers.add(watcher);
    });
  }

  /** Resolves when the model is loaded, and the engine has received what the server has it read at once. */
  async ready(): Promise<void> {
    await this.until(({ type }) => type === "ready");
    await this.reached();
  }

  request<R>(method: string, params: object): Promise<R> {
    return this.connection.sendRequest<R>(method, params);
  }

  /** Sends a request with a progress token and collects the streamed events. */
  stream<R>(method: string, params: object, onProgress?: (progress: ReplyProgress) => void): Streaming<R> {
    const token = `t${++this.tokens}`;
    const events: ReplyProgress[] = [];
    const cancellation = new CancellationTokenSource();
    const listener = this.connection.onProgress(replyProgress, token, (progress) => {
      events.push(progress);
      onProgress?.(progress);
    });
    const result = this.connection
      .sendRequest<R>(method, { ...params, partialResultToken: token }, cancellation.token)
      .finally(() => listener.dispose());
    return { token, events, result, cancel: () => cancellation.cancel() };
  }

  /** Like `stream`, but returns during the reply, once enough has come. Rejects if the request ends before. */
  begun<R>(method: string, params: object, isEnough: (progress: ReplyProgress) => boolean): Promise<Streaming<R>> {
    return new Promise((resolve, reject) => {
      const streaming = this.stream<R>(method, params, (progress) => {
        if (isEnough(progress)) resolve(streaming);
      });
      streaming.result.then(() => reject(new Error("The reply ended before enough had come.")), reject);
    });
  }

  /** A chat, greedy unless the parameters say otherwise. */
  chat(params: ChatParams): Promise<ChatResult> {
    return this.request(Method.chat, { sampling: { temperature: 0 }, ...params });
  }

  async open(uri: string, languageId: string, text: string, version = 1): Promise<void> {
    const textDocument = { uri, languageId, version, text };
    await this.connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  /**
   * Like `stream`, but returns when the engine has received the request. For requests that stream something before
   * that.
   */
  async asked<R>(method: string, params: object): Promise<Streaming<R>> {
    const streaming = await this.begun<R>(method, params, () => true);
    await this.reached();
    return streaming;
  }

  /** Resolves when everything sent before, also cancellations, has reached the engine. */
  async reached(): Promise<void> {
    await this.request(Method.countTokens, { texts: [`${++this.tokens}`] });
  }

  /** The engine process's id; undefined when there is none. Linux only. */
  enginePid(): number | undefined {
    return enginePid(this.runtime);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise((resolve) => this.process.once("exit", resolve));
      await this.connection.sendRequest("shutdown");
      await this.connection.sendNotification("exit");
      await exited;
    }
    this.connection.dispose();
    if (!this.ownsRuntime) return;
    await hostGone(this.runtime);
    rmSync(this.runtime, { recursive: true, force: true });
  }
}

/** A folder for NEMOTRON_RUNTIME_DIR: only programs with the same one share an engine. */
export const newRuntime = () => mkdtempSync(path.join(os.tmpdir(), "nemotron-run-"));

/** The engine host's id for this runtime folder, while it runs. */
export function hostPid(runtime: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(runtime, "host.lock"), "utf8"));
    return isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The id of the process that holds the model. Linux only. */
export function enginePid(runtime: string): number | undefined {
  const host = hostPid(runtime);
  if (host === undefined) return undefined;
  return childrenOf(host)[0];
}

/** Resolves when no engine host runs for this runtime folder. */
export async function hostGone(runtime: string): Promise<void> {
  while (hostPid(runtime) !== undefined) await idle(10);
}

/** A request with streamed progress. `events` grows while the reply runs. */
export type Streaming<R> = { token: string; events: ReplyProgress[]; result: Promise<R>; cancel: () => void };

/** The streamed texts of one kind, joined. */
export const textOf = (events: ReplyProgress[], type: "thought" | "answer") =>
  events.flatMap((event) => (event.type === type ? [event.text] : [])).join("");

/** What a promise rejects with. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<{ code: number; message: string; data?: Record<string, unknown> }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: number; message: string };
  }
  throw new Error("It was expected to fail, and did not.");
}

/** Whether a process runs; a zombie does not. Linux only. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

export const idle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
