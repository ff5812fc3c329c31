/** One life of the language server: its process, and the language client that talks to it. Loaded on first use. */
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type CancellationToken, type Disposable, env, type LogOutputChannel, l10n } from "vscode";
import {
  CloseAction,
  ErrorAction,
  ErrorCodes,
  LanguageClient,
  type LanguageClientOptions,
  ProgressType,
  ResponseError,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
} from "vscode-languageclient/node";
import { type InitializationOptions, Method, type ReplyProgress, type Status } from "../../server/protocol.ts";
import { enginePolicy } from "../config.ts";
import { SYNCED_DOCUMENTS } from "../editor/schemes.ts";
import { toServerError } from "../errors/serverError.ts";
import { SILENT, withTrace } from "./logging.ts";
import { ABILITIES, answerWorkspace, type WorkspaceRequests } from "./workspace.ts";

/** `percentage`: of the whole work. */
export type OnWorkDone = (progress: { message?: string; percentage?: number }) => void;

/** A running server. Requests reject with the language client's errors; `toServerError` converts them. */
export type Connection = {
  /** Rejects with serverDied only after `onClosed` was called, so that a retry gets another server. */
  request<R>(method: string, params: object, token?: CancellationToken): Promise<R>;
  notify(method: string, params: object): Promise<void>;
  onReplyProgress<P = ReplyProgress>(token: string, listener: (progress: P) => void): Disposable;
  /** The progress of a long request. */
  onWorkDone(token: string, listener: OnWorkDone): Disposable;
  /** Ends the server; `onClosed` is not called. */
  dispose(): Promise<void>;
};

/** The folders of downloads, and the owner of the window's conversations. */
export type LocalOptions = Required<Pick<InitializationOptions, "modelsFolder" | "backendsFolder" | "owner">>;

export type ConnectionOptions = {
  /** The bundled server. */
  module: string;
  localOptions: LocalOptions;
  log: LogOutputChannel;
  workspace: WorkspaceRequests;
  onStatus: (status: Status) => void;
  /** The server's process ended by itself. */
  onClosed: () => void;
};

const options = (localOptions: LocalOptions): InitializationOptions => ({
  ownCommands: true,
  translations: l10n.bundle,
  policy: enginePolicy(),
  workspace: ABILITIES,
  // VS Code's own. The server looks for another one if it is not there.
  ripgrep: path.join(
    env.appRoot,
    "node_modules",
    "@vscode",
    "ripgrep",
    "bin",
    process.platform === "win32" ? "rg.exe" : "rg",
  ),
  ...localOptions,
});
/** A request can fail before the end of its server is noticed. How long to wait for that, ms. */
const NOTICED_MS = 5000;
/** Where a debugger attaches to the server, once one is attached to the extension host (.vscode/launch.json). */
const DEBUG_PORT = 6009;

/** A language client without pop-ups of its own: they cannot say what the user can do. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Starts the server. Rejects when it cannot be started. */
export async function connect({
  module,
  localOptions,
  log,
  workspace,
  onStatus,
  onClosed,
}: ConnectionOptions): Promise<Connection> {
  // Never the workspace: libraries must not find files there.
  const run = { module, transport: TransportKind.ipc, options: { cwd: os.homedir() } };
  const debug = { ...run, options: { ...run.options, execArgv: [`--inspect=${DEBUG_PORT}`] } };
  const client = new QuietClient("nemotron", "Nemotron Local", { run, debug }, clientOptions(log, localOptions));
  client.onNotification(Method.status, onStatus);
  answerWorkspace(client, workspace);
  await client.start();
  let leaving = false;
  const ended = new Promise<void>((resolve) => {
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Stopped) return;
      if (!leaving) onClosed();
      resolve();
    });
  });
  return {
    request: async (method, params, token) => {
      try {
        return await client.sendRequest(method, params, token);
      } catch (error) {
        const died = toServerError(error).code === "serverDied";
        if (token?.isCancellationRequested || !(died || leaving)) throw error;
        await Promise.race([ended, after(NOTICED_MS)]);
        // The answer of a server that is being stopped says nothing about the request.
        throw died ? error : new ResponseError(ErrorCodes.PendingResponseRejected, "The server was ended.");
      }
    },
    notify: (method, params) => client.sendNotification(method, params),
    onReplyProgress: <P>(token: string, listener: (progress: P) => void) =>
      client.onProgress(new ProgressType<P>(), token, listener),
    onWorkDone: (token, listener) =>
      client.onProgress(WorkDoneProgress.type, token, (progress) => {
        if (progress.kind === "report") listener(progress);
      }),
    dispose: async () => {
      leaving = true;
      // The client kills a server that does not stop in time, and logs that.
      await client.dispose().catch(() => {});
    },
  };
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());

function clientOptions(log: LogOutputChannel, localOptions: LocalOptions): LanguageClientOptions {
  const lines = (input: Readable) => {
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => log.info(line));
  };
  return {
    documentSelector: SYNCED_DOCUMENTS,
    outputChannel: log,
    traceOutputChannel: SILENT,
    // The server writes all its messages to stderr, not only errors.
    stdioOptions: { stdout: lines, stderr: lines },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    // ServerLifecycle restarts it, with growing pauses.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: "The language server ended." }),
    },
    initializationOptions: options(localOptions),
    middleware: withTrace(log),
  };
}
