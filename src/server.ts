/** The language server as the extension sees it: started on first use, the wire hidden behind typed methods. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { type CancellationToken, type Disposable, EventEmitter, type LogOutputChannel, window } from "vscode";
import {
  type AddBudgetResult,
  type ApplyParams,
  type ApplyResult,
  type BackendsResult,
  type ChatParams,
  type ChatResult,
  type CommitMessageParams,
  type CommitMessageResult,
  type CountParams,
  type CountResult,
  type CountTokensParams,
  type CountTokensResult,
  type DeleteModelParams,
  type DownloadParams,
  type DownloadResult,
  type EditParams,
  type EditResult,
  type ExplainParams,
  type ExplainResult,
  type ImportParams,
  type InstallBackendParams,
  Method,
  type ModelInfo,
  type ModelsParams,
  type ModelsResult,
  type PrepareEditParams,
  type PrepareParams,
  type PrepareResult,
  type RemoveBackendParams,
  type RemoveBackendResult,
  type ReplyProgress,
  type WriteTestsParams,
  type WriteTestsResult,
} from "../server/protocol.ts";
import type { RemoteAccess } from "./remote/access.ts";
import { Activity, type Doing } from "./server/activity.ts";
import type { Connection, Folders, OnWorkDone } from "./server/connection.ts";
import { Endpoint } from "./server/endpoint.ts";
import { Lives } from "./server/lives.ts";
import { logStatus } from "./server/logging.ts";
import { type LoadOptions, Model } from "./server/model.ts";
import type { ServerStatus } from "./server/status.ts";
import { orCancelled, rethrow, ServerError } from "./serverError.ts";

export type { ServerStatus } from "./server/status.ts";
export { ServerError } from "./serverError.ts";

export type OnProgress = (progress: ReplyProgress) => void;
/** A reply that is being made, and can be steered. `result` rejects with a ServerError. */
export type StreamedReply<R> = {
  /** The request's partialResultToken. */
  readonly token: string;
  readonly result: Promise<R>;
  /** Ends the thought. Rejects with notThinking when there is none. */
  answerNow(): Promise<void>;
  /** Raises the thought's budget by so many tokens, and returns the new one. Rejects with notThinking when there is none. */
  addBudget(tokens: number): Promise<AddBudgetResult["budget"]>;
};

/** Requests start the server when it does not run, and reject with a ServerError. */
export class Server implements Disposable {
  private readonly log: LogOutputChannel;
  private readonly statusChanged = new EventEmitter<ServerStatus>();
  private readonly activity = new Activity();
  private readonly lives: Lives;
  private readonly model: Model;
  /** For other programs; off until it is started. */
  readonly endpoint: Endpoint;
  readonly onStatus = this.statusChanged.event;
  status: ServerStatus = { type: "asleep" };

  /** @param module the bundled server. */
  constructor(module: string, access: RemoteAccess, folders: Folders) {
    this.log = window.createOutputChannel("Nemotron Local", { log: true });
    this.lives = new Lives({
      module,
      folders,
      log: this.log,
      onStatus: (status) => this.setStatus(status),
      onConnected: (connection) => {
        this.model.connected(connection).catch((error) => this.couldNotLoad(error));
        void this.endpoint.connected(connection);
      },
    });
    this.endpoint = new Endpoint(this.lives);
    this.model = new Model(this.lives, access);
  }

  /** Starts the server, if it does not run, and has it load the chosen model. Resolves before that is loaded. */
  async start(): Promise<void> {
    await this.lives.connection();
  }

  /** Ends the server and starts it anew, also when it had been given up. Asked for twice meanwhile, it does so once. */
  restart(): Promise<void> {
    return this.lives.restart();
  }

  chat(params: ChatParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ChatResult> {
    return this.stream(Method.chat, params, onProgress, token);
  }

  explain(params: ExplainParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ExplainResult> {
    return this.stream(Method.explain, params, onProgress, token);
  }

  edit(params: EditParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<EditResult> {
    return this.stream(Method.edit, params, onProgress, token);
  }

  writeTests(
    params: WriteTestsParams,
    onProgress: OnProgress,
    token?: CancellationToken,
  ): StreamedReply<WriteTestsResult> {
    return this.stream(Method.writeTests, params, onProgress, token);
  }

  commitMessage(
    params: CommitMessageParams,
    onProgress: OnProgress,
    token?: CancellationToken,
  ): StreamedReply<CommitMessageResult> {
    return this.stream(Method.commitMessage, params, onProgress, token);
  }

  prepareEdit(params: PrepareEditParams, token?: CancellationToken): Promise<PrepareResult> {
    return this.request(Method.prepareEdit, params, token);
  }

  apply(params: ApplyParams, token?: CancellationToken): Promise<ApplyResult> {
    return this.request(Method.apply, params, token);
  }

  prepare(params: PrepareParams, token?: CancellationToken): Promise<PrepareResult> {
    return this.request(Method.prepare, params, token);
  }

  count(params: CountParams, token?: CancellationToken): Promise<CountResult> {
    return this.request(Method.count, params, token);
  }

  countTokens(params: CountTokensParams, token?: CancellationToken): Promise<CountTokensResult> {
    return this.request(Method.countTokens, params, token);
  }

  models(params: ModelsParams): Promise<ModelsResult> {
    return this.request(Method.models, params);
  }

  download(params: DownloadParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.working(Method.download, params, onProgress, token);
  }

  importModel(params: ImportParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.working(Method.importModel, params, onProgress, token);
  }

  deleteModel(params: DeleteModelParams): Promise<null> {
    return this.request(Method.deleteModel, params);
  }

  /** Loads what the settings name. Rejects with noModel when they name nothing, or with loadFailed. */
  async load(token?: CancellationToken, options?: LoadOptions): Promise<ModelInfo> {
    await orCancelled(this.start(), token);
    return orCancelled(this.model.load(options), token);
  }

  /** GPU backends that can be installed, and whether they would be of use. */
  backends(): Promise<BackendsResult> {
    return this.request(Method.backends, {});
  }

  /** Rejects with backendFailed. */
  async installBackend(params: InstallBackendParams, onProgress: OnWorkDone, token?: CancellationToken): Promise<void> {
    await this.working(Method.installBackend, params, onProgress, token);
  }

  /** Rejects with backendFailed. */
  removeBackend(params: RemoveBackendParams): Promise<RemoveBackendResult> {
    return this.request(Method.removeBackend, params);
  }

  /** Gives the model's memory back. Without a server there is nothing to give back. */
  unload(): Promise<void> {
    return this.model.unload();
  }

  /** What the replies are at, for a display that moves. Undefined while nothing is known. */
  doing(): Doing | undefined {
    return this.activity.at(Date.now());
  }

  showLog(): void {
    this.log.show();
  }

  async dispose(): Promise<void> {
    this.model.dispose();
    this.endpoint.dispose();
    this.statusChanged.dispose();
    await this.lives.dispose();
    this.log.dispose();
  }

  private async request<R>(method: string, params: object, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.connected(), token);
    return connection.request<R>(method, params, token).catch(rethrow);
  }

  private stream<R>(
    method: string,
    params: object,
    onProgress: OnProgress,
    cancellation?: CancellationToken,
  ): StreamedReply<R> {
    const token = randomUUID();
    const steer = async <R>(method: string, params: object) => {
      const connection = await this.lives.running();
      if (!connection) throw new ServerError("notRunning", t("The language server does not run."));
      return connection.request<R>(method, params).catch(rethrow);
    };
    return {
      token,
      result: this.streamed(method, { ...params, partialResultToken: token }, token, onProgress, cancellation),
      answerNow: () => steer(Method.answerNow, { token }),
      addBudget: async (tokens) => (await steer<AddBudgetResult>(Method.addBudget, { token, tokens })).budget,
    };
  }

  private async streamed<R>(
    method: string,
    params: object,
    token: string,
    onProgress: OnProgress,
    cancellation?: CancellationToken,
  ): Promise<R> {
    const connection = await orCancelled(this.connected(), cancellation);
    this.activity.begin(token);
    const subscription = connection.onReplyProgress(token, (progress) => {
      this.activity.progress(token, progress, Date.now());
      onProgress(progress);
    });
    try {
      return await connection.request<R>(method, params, cancellation).catch(rethrow);
    } finally {
      subscription.dispose();
      this.activity.end(token);
    }
  }

  /** A server that has been asked for its model. */
  private async connected(): Promise<Connection> {
    const connection = await this.lives.connection();
    await this.model.asked();
    return connection;
  }

  /** Something that takes minutes, and tells how far it is. */
  private async working<R>(
    method: string,
    params: object,
    onProgress: OnWorkDone,
    token?: CancellationToken,
  ): Promise<R> {
    const connection = await orCancelled(this.lives.connection(), token);
    const workDoneToken = randomUUID();
    const subscription = connection.onWorkDone(workDoneToken, onProgress);
    try {
      return await connection.request<R>(method, { ...params, workDoneToken }, token).catch(rethrow);
    } finally {
      subscription.dispose();
    }
  }

  /** The server's status tells of it, unless it refused what it was asked for: settings can hold anything. */
  private couldNotLoad({ code, message, data }: ServerError): void {
    if (code !== "internal") return;
    this.setStatus({
      type: "failed",
      reason: message,
      next: data.next ?? t("Look at the settings of Nemotron Local."),
    });
  }

  private setStatus(status: ServerStatus): void {
    if (this.model.hides(status)) return;
    if (status.type === "starting" || status.type === "down") this.endpoint.lost();
    logStatus(this.log, this.status, status);
    this.status = status;
    this.statusChanged.fire(status);
  }
}
