/** The server's lives, one after the other: starts it when it is needed, and again when it has died. */
import type { Disposable, LogOutputChannel } from "vscode";
import type { Status } from "../../server/protocol.ts";
import { ServerError, serverDied } from "../serverError.ts";
import { BackOff } from "./backOff.ts";
import type { Connection } from "./connection.ts";
import { oneAtATime } from "./serial.ts";
import type { ServerStatus } from "./status.ts";

export type LivesOptions = {
  /** The bundled server. */
  module: string;
  log: LogOutputChannel;
  onStatus: (status: Status | ServerStatus) => void;
  /** A new life has begun. */
  onConnected: (connection: Connection) => void;
};

export class Lives implements Disposable {
  private readonly options: LivesOptions;
  private readonly backOff = new BackOff();
  private current: Promise<Connection> | undefined;
  /** No two servers at once: their commands would clash in the editor. */
  private ended: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private givenUp = false;
  private disposed = false;
  readonly restart = oneAtATime(() => this.endAndStart());

  constructor(options: LivesOptions) {
    this.options = options;
  }

  /** The running server, which is started if there is none. Two first uses at once start one. */
  connection(): Promise<Connection> {
    if (this.disposed) return Promise.reject(new ServerError("notRunning", "The window is being closed."));
    clearTimeout(this.retry);
    if (this.givenUp) this.backOff.reset();
    this.givenUp = false;
    this.current ??= this.ended.then(() => this.launch());
    return this.current;
  }

  /** The server, if there is one or one is being started. */
  async running(): Promise<Connection | undefined> {
    return this.current?.catch(() => undefined);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    clearTimeout(this.retry);
    await this.end();
  }

  private async endAndStart(): Promise<void> {
    this.backOff.reset();
    void this.end();
    await this.connection();
  }

  private end(): Promise<void> {
    const last = this.current;
    this.current = undefined;
    if (last) this.ended = last.then((connection) => connection.dispose()).catch(() => {});
    return this.ended;
  }

  private async launch(): Promise<Connection> {
    const { module, log, onStatus, onConnected } = this.options;
    onStatus({ type: "starting" });
    const own = this.current;
    const life = { over: false };
    try {
      // The language client takes longer to load than all of the rest.
      const { connect } = await import("./connection.ts");
      const died = () => {
        life.over = true;
        if (this.current === own) this.died("The language server ended unexpectedly.");
      };
      const connection = await connect({ module, log, onStatus, onClosed: died });
      if (life.over) throw serverDied();
      onConnected(connection);
      return connection;
    } catch (error) {
      if (this.current === own) this.died("The language server could not be started.");
      throw error instanceof ServerError ? error : serverDied();
    }
  }

  /** Starts it again after a pause that grows, or gives up. */
  private died(reason: string): void {
    this.current = undefined;
    if (this.disposed) return;
    const pause = this.backOff.died(Date.now());
    this.givenUp = pause === undefined;
    if (pause === undefined) {
      const next = "Show the log to see why, then restart the server.";
      this.options.onStatus({ type: "down", reason: `${reason} It is not started again by itself.`, next });
      return;
    }
    this.options.onStatus({ type: "down", reason, next: "It is being started again.", retryInMs: pause });
    // A failure is told by the status.
    this.retry = setTimeout(() => this.connection().catch(() => {}), pause);
  }
}
