/** The language server, started on first use; the wire is hidden behind typed methods. */
import { type Disposable, EventEmitter } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { type ExplainParams, type ExplainResult, Method, type ModelInfo, type Status } from "../server/protocol.ts";
import { loadParams } from "./config.ts";

export class Server implements Disposable {
  private readonly module: string;
  private readonly statusChanged = new EventEmitter<Status>();
  private client: LanguageClient | undefined;
  private starting: Promise<LanguageClient> | undefined;
  readonly onStatus = this.statusChanged.event;
  status: Status = { type: "noModel" };

  /** @param module the bundled server. */
  constructor(module: string) {
    this.module = module;
  }

  explain(params: ExplainParams): Promise<ExplainResult> {
    return this.request(Method.explain, params);
  }

  /** Loads what the settings name. Throws when they name nothing, or it cannot be loaded. */
  async load(): Promise<ModelInfo> {
    const params = loadParams();
    if (!params) throw new Error("No model has been chosen.");
    return this.request(Method.load, params);
  }

  async unload(): Promise<void> {
    if (this.client) await this.request(Method.unload, {});
  }

  async showLog(): Promise<void> {
    (await this.start()).outputChannel.show();
  }

  async dispose(): Promise<void> {
    this.statusChanged.dispose();
    await this.client?.dispose();
  }

  private async request<R>(method: string, params: object): Promise<R> {
    return (await this.start()).sendRequest<R>(method, params);
  }

  /** Two first uses at once start one server. */
  private start(): Promise<LanguageClient> {
    this.starting ??= this.launch().catch((error) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  private async launch(): Promise<LanguageClient> {
    const run = { module: this.module, transport: TransportKind.ipc };
    const client = new LanguageClient(
      "nemotron",
      "Nemotron Local",
      { run, debug: run },
      { documentSelector: [{ scheme: "file" }, { scheme: "untitled" }] },
    );
    this.client = client;
    client.onNotification(Method.status, (status: Status) => {
      this.status = status;
      this.statusChanged.fire(status);
    });
    await client.start();
    const params = loadParams();
    // A failure to load is told by the status.
    if (params) client.sendRequest(Method.load, params).catch(() => {});
    return client;
  }
}
