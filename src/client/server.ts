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
  type AgentParams,
  type AgentProgress,
  type AgentResult,
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
} from "../../server/protocol.ts";
import { orCancelled, type ServerError, type ServerStatus } from "../errors/serverError.ts";
import type { Activity } from "./activity.ts";
import type { LocalOptions, OnWorkDone } from "./connection.ts";
import { DeletedConversations } from "./deletedConversations.ts";
import { Endpoint } from "./endpoint.ts";
import { ServerLifecycle } from "./lifecycle.ts";
import { logStatus } from "./logging.ts";
import { type LoadDecisions, type LoadOptions, Model } from "./model.ts";
import { Requests } from "./requests.ts";
import { sendPolicy } from "./settled.ts";
import type { OnProgress, StreamedReply } from "./streams.ts";
import type { WorkspaceRequests } from "./workspace.ts";

export type { ServerStatus } from "../errors/serverError.ts";
export { ServerError } from "../errors/serverError.ts";
export type { OnProgress, StreamedReply } from "./streams.ts";

/** Requests start the server when it does not run, and reject with a ServerError. */
export class Server implements Disposable {
  private readonly log: LogOutputChannel;
  private readonly statusChanged = new EventEmitter<ServerStatus>();
  private readonly lifecycle: ServerLifecycle;
  private readonly model: Model;
  private readonly requests: Requests;
  private readonly policy: Disposable;
  private readonly forgotten: DeletedConversations;
  /** For other programs; off until it is started. */
  readonly endpoint: Endpoint;
  readonly onStatus = this.statusChanged.event;
  status: ServerStatus = { type: "asleep" };

  /** @param module the bundled server. */
  constructor(
    module: string,
    decisions: LoadDecisions,
    localOptions: LocalOptions,
    { memento, workspace }: { memento: Memento; workspace: WorkspaceRequests },
  ) {
    this.log = window.createOutputChannel("Nemotron Local", { log: true });
    this.lifecycle = new ServerLifecycle({
      module,
      localOptions,
      log: this.log,
      workspace,
      onStatus: (status) => this.setStatus(status),
      onConnected: (connection) => {
        this.model.connected(connection).catch((error) => this.couldNotLoad(error));
        void this.endpoint.connected(connection);
        void this.forgotten.connected(connection);
      },
    });
    this.endpoint = new Endpoint(this.lifecycle);
    this.model = new Model(this.lifecycle, decisions);
    this.requests = new Requests(this.lifecycle, this.model);
    this.policy = sendPolicy(this.lifecycle);
    this.forgotten = new DeletedConversations(this.lifecycle, memento);
  }

  /** Starts the server if it does not run, and has it load the chosen model. Resolves before the model is loaded. */
  async start(): Promise<void> {
    await this.lifecycle.connection();
  }

  /** Restarts the server, also one that was given up. Concurrent calls restart it once. */
  restart(): Promise<void> {
    return this.lifecycle.restart();
  }

  chat(params: ChatParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ChatResult> {
    return this.requests.streamed(Method.chat, params, onProgress, token);
  }

  explain(params: ExplainParams, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ExplainResult> {
    return this.requests.streamed(Method.explain, params, onProgress, token);
  }

  agent(params: AgentParams, onProgress: OnProgress<AgentProgress>, token?: CancellationToken) {
    return this.requests.streamed<AgentResult, AgentProgress>(Method.agent, params, onProgress, token);
  }

  /** Stops an agent; its request is answered. Rejects with noReply if none has the token. */
  async stopAgent(token: string): Promise<void> {
    await this.requests.withoutModel(Method.agentStop, { token });
  }

  /** Gives an agent a message before its next step. Rejects with noReply if none has the token. */
  async sayToAgent(token: string, text: string): Promise<void> {
    await this.requests.withoutModel(Method.agentSay, { token, text });
  }

  /** Replays a reply that continued without this window. Rejects with noReply, or as the reply does. */
  resume(replyId: string, onProgress: OnProgress, token?: CancellationToken): StreamedReply<ResumeResult> {
    return this.requests.resume(replyId, onProgress, token);
  }

  /** Makes the server delete what it keeps of a conversation: now, or when a server runs again. */
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
    return this.requests.withoutModel(Method.apply, params, token);
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
    return this.requests.withoutModel(Method.models, params);
  }

  download(params: DownloadParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.requests.working(Method.download, params, onProgress, token);
  }

  importModel(params: ImportParams, onProgress: OnWorkDone, token: CancellationToken): Promise<DownloadResult> {
    return this.requests.working(Method.importModel, params, onProgress, token);
  }

  deleteModel(params: DeleteModelParams): Promise<null> {
    return this.requests.withoutModel(Method.deleteModel, params);
  }

  /** Loads the model that the settings name. Rejects with noModel if they name none, with loadFailed, or a refusal. */
  async load(token?: CancellationToken, options?: LoadOptions): Promise<ModelInfo> {
    await orCancelled(this.start(), token);
    return orCancelled(this.model.load(options), token);
  }

  /** Stops the load of this window. */
  stopLoading(): void {
    this.model.stopLoading();
  }

  /** The GPU backends that can be installed, and whether this machine can use them. */
  backends(): Promise<BackendsResult> {
    return this.requests.withoutModel(Method.backends, {});
  }

  /** Rejects with backendFailed. */
  async installBackend(params: InstallBackendParams, onProgress: OnWorkDone, token?: CancellationToken): Promise<void> {
    await this.requests.working(Method.installBackend, params, onProgress, token);
  }

  /** Rejects with backendFailed. */
  removeBackend(params: RemoveBackendParams): Promise<RemoveBackendResult> {
    return this.requests.withoutModel(Method.removeBackend, params);
  }

  /** Unloads the model. Does nothing without a server. */
  unload(): Promise<void> {
    return this.model.unload();
  }

  /** The stage of the running replies, for a live display; undefined if unknown. */
  activity(): Activity | undefined {
    return this.requests.activity();
  }

  showLog(): void {
    this.log.show();
  }

  async dispose(): Promise<void> {
    this.model.dispose();
    this.policy.dispose();
    this.endpoint.dispose();
    this.statusChanged.dispose();
    await this.lifecycle.dispose();
    this.log.dispose();
  }

  /** Shows a failed load that the server's status does not report, for example because of an invalid setting. */
  private couldNotLoad({ code, message, data }: ServerError): void {
    if (code !== "internal") return;
    this.setStatus({
      type: "failed",
      reason: message,
      next: data.next ?? t("Check the settings of Nemotron Local."),
    });
  }

  private setStatus(status: ServerStatus): void {
    // A server that has just started has no model for a moment.
    if (status.type === "noModel" && this.status.type === "starting" && this.model.isWanted) return;
    if (status.type === "starting" || status.type === "down") this.endpoint.lost();
    logStatus(this.log, this.status, status);
    this.status = status;
    this.statusChanged.fire(status);
  }
}
