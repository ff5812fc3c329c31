/** The endpoint for other programs, which lives in the server and comes back when that is started again. */
import { t } from "@vscode/l10n";
import { type Disposable, EventEmitter, window } from "vscode";
import { Method, type StartEndpointResult } from "../../server/protocol.ts";
import { plain } from "../problems.ts";
import { toServerError } from "../serverError.ts";
import type { Connection } from "./connection.ts";
import type { Lives } from "./lives.ts";

export class Endpoint implements Disposable {
  private readonly lives: Lives;
  private readonly changed = new EventEmitter<void>();
  /** The user wants it at this port, until they say otherwise. */
  private port: number | undefined;
  /** What clients call the base URL; undefined while it does not run. */
  url: string | undefined;
  readonly onDidChange = this.changed.event;

  constructor(lives: Lives) {
    this.lives = lives;
  }

  /** Returns the base URL. Rejects with a ServerError, with what to do in its data. */
  async start(port: number): Promise<string> {
    return this.startIn(await this.lives.connection(), port);
  }

  async stop(): Promise<void> {
    this.port = undefined;
    this.show(undefined);
    const connection = await this.lives.running();
    await connection?.request(Method.stopEndpoint, {}).catch((error) => {
      throw toServerError(error);
    });
  }

  /** A server has started: other programs expect the endpoint where it was. */
  async connected(connection: Connection): Promise<void> {
    if (this.port === undefined) return;
    try {
      await this.startIn(connection, this.port);
    } catch (error) {
      const { message } = toServerError(error);
      void window.showWarningMessage(plain(t("Nemotron: the endpoint could not be started again. {0}", message)));
    }
  }

  /** The server has ended, and the endpoint with it. */
  lost(): void {
    this.show(undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async startIn(connection: Connection, port: number): Promise<string> {
    this.port = undefined;
    this.show(undefined);
    const { url } = await connection.request<StartEndpointResult>(Method.startEndpoint, { port }).catch((error) => {
      throw toServerError(error);
    });
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
