/** The language server as the extension sees it: started on first use, the wire hidden behind typed methods. */
import { t } from "@vscode/l10n";
import {
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type LogOutputChannel,
  type Memento,
  window,
} from "vscode";
import {
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
  type ResumeResult,
  type WriteTestsParams,
  type WriteTestsResult,
} from "../server/protocol.ts";
import type { Doing } from "./server/activity.ts";
import type { Belongings, OnWorkDone } from "./server/connection.ts";
import { Endpoint } from "./server/endpoint.ts";
import { Forgotten } from "./server/forgotten.ts";
import { Lives } from "./server/lives.ts";
import { logStatus } from "./server/logging.ts";
import { type Answers, type LoadOptions, Model } from "./server/model.ts";
import { tellPolicy } from "./server/policy.ts";
import { Requests } from "./server/requests.ts";
import type { ServerStatus } from "./server/status.ts";
import type { OnProgress, StreamedReply } from "./server/streams.ts";
import { orCancelled, type ServerError } from "./serverError.ts";

export type { ServerStatus } from "./server/status.ts";
export type { OnProgress, StreamedReply } from "./server/streams.ts";
export { ServerError } from "./serverError.ts";

/** Requests start the server when it does not run, and reject with a ServerError. */
export class Server implements Disposable {
  private readonly log: LogOutputChannel;
  private readonly statusChanged = new EventEmitter<ServerStatus>();
  private readonly lives: Lives;
  private readonly model: Model;
  private readonly requests: Requests;
  private readonly policy: Disposable;
  private readonly forgotten: Forgotten;
  /** For other programs; off until it is started. */
  readonly endpoint: Endpoint;
  readonly onStatus = this.statusChanged.event;
  status: ServerStatus = { type: "asleep" };

  /** @param module the bundled server. */
  constructor(module: string, answers: Answers, belongings: Belongings, memento: Memento) {
    this.log = window.createOutputChannel("Nemotron Local", { log: true });
    this.lives = new Lives({
      module,
      belongings,
      log: this.log,
      onStatus: (status) => this.setStatus(status),
      onConnected: (connection) => {
        this.model.connected(connection).catch((error) => this.couldNotLoad(error));
        void this.endpoint.connected(connection);
        void this.forgotten.connected(connection);
      },
    });
    this.endpoint = new Endpoint(this.lives);
    this.model = new Model(this.lives, answers, (error) => this.setStatus({ type: "refused", error }));
    this.requests = new Requests(this.lives, this.model);
    this.policy = tellPolicy(this.lives);
    this.forgotten = new Forgotten(this.lives, memento);
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
    return this.requests.streamed(Method.chat, params, onProgress, token);
  }

  explain(params: ExplainParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ExplainResult> {
    return this.requests.streamed(Method.explain, params, onProgress, token);
  }

  /** A reply that went on without us, from its beginning. Rejects with noReply, and as the reply itself does. */
  resume(replyId: string, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ResumeResult> {
    return this.requests.resume(replyId, onProgress, token);
  }

  /** A conversation was deleted. Where no server runs, the next one hears of it. */
  forget(conversation: string): Promise<void> {
    return this.forgotten.add(conversation);
  }

  edit(params: EditParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<EditResult> {
    return this.requests.streamed(Method.edit, params, onProgress, token);
  }

  writeTests(
    params: WriteTestsParams,
    onProgress: OnProgress,
    token?: CancellationToken,
  ): StreamedReply<WriteTestsResult> {
    return this.requests.streamed(Method.writeTests, params, onProgress, token);
  }

  commitMessage(
    params: CommitMessageParams,
    onProgress: OnProgress,
    token?: CancellationToken,
  ): StreamedReply<CommitMessageResult> {
    return this.requests.streamed(Method.commitMessage, params, onProgress, token);
  }

  prepareEdit(params: PrepareEditParams, token?: CancellationToken): Promise<PrepareResult> {
    return this.requests.ofModel(Method.prepareEdit, params, token);
  }

  apply(params: ApplyParams, token?: CancellationToken): Promise<ApplyResult> {
    return this.requests.plain(Method.apply, params, token);
  }

  prepare(params: PrepareParams, token?: CancellationToken): Promise<PrepareResult> {
    return this.requests.ofModel(Method.prepare, params, token);
  }

  count(params: CountParams, token?: CancellationToken): Promise<CountResult> {
    return this.requests.ofModel(Method.count, params, token);
  }

  countTokens(params: CountTokensParams, token?: CancellationToken): Promise<CountTokensResult> {
    return this.requests.ofModel(Method.countTokens, params, token);
  }

  models(params: ModelsParams): Promise<ModelsResult> {
    return this.requests.plain(Method.models, params);
  }

  download(params: DownloadParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.requests.working(Method.download, params, onProgress, token);
  }

  importModel(params: ImportParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.requests.working(Method.importModel, params, onProgress, token);
  }

  deleteModel(params: DeleteModelParams): Promise<null> {
    return this.requests.plain(Method.deleteModel, params);
  }

  /** Loads what the settings name. Rejects with noModel when they name nothing, or with loadFailed. */
  async load(token?: CancellationToken, options?: LoadOptions): Promise<ModelInfo> {
    await orCancelled(this.start(), token);
    return orCancelled(this.model.load(options), token);
  }

  /** Gives up what is being loaded here. */
  stopLoading(): void {
    this.model.stopLoading();
  }

  /** GPU backends that can be installed, and whether they would be of use. */
  backends(): Promise<BackendsResult> {
    return this.requests.plain(Method.backends, {});
  }

  /** Rejects with backendFailed. */
  async installBackend(params: InstallBackendParams, onProgress: OnWorkDone, token?: CancellationToken): Promise<void> {
    await this.requests.working(Method.installBackend, params, onProgress, token);
  }

  /** Rejects with backendFailed. */
  removeBackend(params: RemoveBackendParams): Promise<RemoveBackendResult> {
    return this.requests.plain(Method.removeBackend, params);
  }

  /** Gives the model's memory back. Without a server there is nothing to give back. */
  unload(): Promise<void> {
    return this.model.unload();
  }

  /** What the replies are at, for a display that moves. Undefined while nothing is known. */
  doing(): Doing | undefined {
    return this.requests.doing();
  }

  showLog(): void {
    this.log.show();
  }

  async dispose(): Promise<void> {
    this.model.dispose();
    this.policy.dispose();
    this.endpoint.dispose();
    this.statusChanged.dispose();
    await this.lives.dispose();
    this.log.dispose();
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
