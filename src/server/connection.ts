/** One life of the language server: its process, and the language client that talks to it. Loaded on first use. */
import os from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type CancellationToken, type Disposable, type LogOutputChannel, l10n } from "vscode";
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
import { SYNCED_DOCUMENTS } from "../schemes.ts";
import { toServerError } from "../serverError.ts";
import { SILENT, traced } from "./logging.ts";

/** `percentage`: of all of it. */
export type OnWorkDone = (progress: { message?: string; percentage?: number }) => void;

export type Connection = {
  /** Rejects with serverDied once the server's end has been told, so that whoever tries again meets another one. */
  request<R>(method: string, params: object, token?: CancellationToken): Promise<R>;
  notify(method: string, params: object): Promise<void>;
  onReplyProgress(token: string, listener: (progress: ReplyProgress) => void): Disposable;
  /** How far a request is that takes long. */
  onWorkDone(token: string, listener: OnWorkDone): Disposable;
  /** Ends the server; `onClosed` is not called. */
  dispose(): Promise<void>;
};

/** Where the server keeps what it downloads, and whose conversations the window's are. */
export type Belongings = Required<Pick<InitializationOptions, "modelsFolder" | "backendsFolder" | "owner">>;

export type ConnectionOptions = {
  /** The bundled server. */
  module: string;
  belongings: Belongings;
  log: LogOutputChannel;
  onStatus: (status: Status) => void;
  /** The server's process ended by itself. */
  onClosed: () => void;
};

const options = (belongings: Belongings): InitializationOptions => ({
  ownCommands: true,
  translations: l10n.bundle,
  policy: enginePolicy(),
  ...belongings,
});
/** A request may fail before its server's end is noticed, which is not later than this, ms. */
const NOTICED_MS = 5000;
const replyProgress = new ProgressType<ReplyProgress>();

/** A language client that leaves it to us to tell the user: its own pop-ups know nothing of what can be done. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Starts the server. Rejects when it cannot be started. */
export async function connect({ module, belongings, log, onStatus, onClosed }: ConnectionOptions): Promise<Connection> {
  // A directory of ours or the user's, never the workspace: what lies there must not be found by a library.
  const run = { module, transport: TransportKind.ipc, options: { cwd: os.homedir() } };
  const client = new QuietClient("nemotron", "Nemotron Local", { run, debug: run }, clientOptions(log, belongings));
  client.onNotification(Method.status, onStatus);
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
        // What a server that is being ended answers says nothing of the request.
        throw died ? error : new ResponseError(ErrorCodes.PendingResponseRejected, "The server was ended.");
      }
    },
    notify: (method, params) => client.sendNotification(method, params),
    onReplyProgress: (token, listener) => client.onProgress(replyProgress, token, listener),
    onWorkDone: (token, listener) =>
      client.onProgress(WorkDoneProgress.type, token, (progress) => {
        if (progress.kind === "report") listener(progress);
      }),
    dispose: async () => {
      leaving = true;
      // A server that does not stop in time is killed, and the client has said so in the log.
      await client.dispose().catch(() => {});
    },
  };
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());

function clientOptions(log: LogOutputChannel, belongings: Belongings): LanguageClientOptions {
  const lines = (input: Readable) => {
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => log.info(line));
  };
  return {
    documentSelector: SYNCED_DOCUMENTS,
    outputChannel: log,
    traceOutputChannel: SILENT,
    // The server writes what it has to say to stderr, errors or not.
    stdioOptions: { stdout: lines, stderr: lines },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    // Restarting is ours, with pauses that grow.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: "The language server ended." }),
    },
    initializationOptions: options(belongings),
    middleware: traced(log),
  };
}
