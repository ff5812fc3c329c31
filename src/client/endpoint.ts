/** The endpoint for other programs. It runs in the language server, and starts again with it. */
import { t } from "@vscode/l10n";
import { type Disposable, EventEmitter, window } from "vscode";
import { Method, type StartEndpointResult } from "../../server/protocol.ts";
import { escapeNotification } from "../errors/problems.ts";
import { rethrow, toServerError } from "../errors/serverError.ts";
import type { Connection } from "./connection.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

export class Endpoint implements Disposable {
  private readonly lifecycle: ServerLifecycle;
  private readonly changed = new EventEmitter<void>();
  /** The port that the user asked for; undefined while the endpoint is to be off. */
  private port: number | undefined;
  /** The base URL for clients; undefined while it does not run. */
  url: string | undefined;
  readonly onDidChange = this.changed.event;

  constructor(lifecycle: ServerLifecycle) {
    this.lifecycle = lifecycle;
  }

  /** Returns the base URL. Rejects with a ServerError, with what to do in its data. */
  async start(port: number): Promise<string> {
    return this.startIn(await this.lifecycle.connection(), port);
  }

  async stop(): Promise<void> {
    this.port = undefined;
    this.show(undefined);
    const connection = await this.lifecycle.running();
    await connection?.request(Method.stopEndpoint, {}).catch(rethrow);
  }

  /** Called when a server has started: other programs expect the endpoint at its old port. */
  async connected(connection: Connection): Promise<void> {
    if (this.port === undefined) return;
    try {
      await this.startIn(connection, this.port);
    } catch (error) {
      const { message } = toServerError(error);
      void window.showWarningMessage(
        escapeNotification(t("Nemotron: the endpoint could not be restarted. {0}", message)),
      );
    }
  }

  /** Called when the server has ended, and the endpoint with it. */
  lost(): void {
    this.show(undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async startIn(connection: Connection, port: number): Promise<string> {
    this.port = undefined;
    this.show(undefined);
    const { url } = await connection.request<StartEndpointResult>(Method.startEndpoint, { port }).catch(rethrow);
    this.port = port;
    this.show(url);
    return url;
  }

  private show(url: string | undefined): void {
    if (url === this.url) return;
    this.url = url;
    this.changed.fire();
  }
}
