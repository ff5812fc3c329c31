/** The server's lives, one after the other: starts it when it is needed, and again when it has died. */
import { t } from "@vscode/l10n";
import type { Disposable, LogOutputChannel } from "vscode";
import { ServerError, serverDied } from "../serverError.ts";
import { BackOff } from "./backOff.ts";
import type { Belongings, Connection } from "./connection.ts";
import { oneAtATime } from "./serial.ts";
import type { ServerStatus } from "./status.ts";

export type LivesOptions = {
  /** The bundled server. */
  module: string;
  belongings: Belongings;
  log: LogOutputChannel;
  onStatus: (status: ServerStatus) => void;
  /** A new life has begun. */
  onConnected: (connection: Connection) => void;
};

/** `over`: its process has ended. */
type Life = { over: boolean };

export class Lives implements Disposable {
  private readonly options: LivesOptions;
  private readonly backOff = new BackOff();
  /** The present life, and its connection once that is made. Both are missing while there is no server. */
  private life: Life | undefined;
  private current: Promise<Connection> | undefined;
  /** No two servers at once: their commands would clash in the editor. */
  private ended: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private givenUp = false;
  private disposed = false;
  /** Ends the server and starts it anew. */
  readonly restart = oneAtATime(() => this.endAndStart());

  constructor(options: LivesOptions) {
    this.options = options;
  }

  /** The running server, which is started if there is none. Two first uses at once start one. */
  connection(): Promise<Connection> {
    if (this.disposed) return Promise.reject(new ServerError("notRunning", t("The window is being closed.")));
    this.current ??= this.begin();
    return this.current;
  }

  /** The same for what can be of use to no other server: one that has been given up is not started for that. */
  revived(): Promise<Connection> {
    if (!this.givenUp) return this.connection();
    return Promise.reject(new ServerError("notRunning", t("The language server does not run.")));
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
    this.life = undefined;
    this.current = undefined;
    if (last) this.ended = last.then((connection) => connection.dispose()).catch(() => {});
    return this.ended;
  }

  private begin(): Promise<Connection> {
    clearTimeout(this.retry);
    // Somebody wants it all the same.
    if (this.givenUp) this.backOff.reset();
    this.givenUp = false;
    const life = { over: false };
    this.life = life;
    this.options.onStatus({ type: "starting" });
    return this.ended.then(() => this.launch(life));
  }

  private async launch(life: Life): Promise<Connection> {
    const { module, belongings, log, onStatus, onConnected } = this.options;
    try {
      // The language client takes longer to load than all of the rest.
      const { connect } = await import("./connection.ts");
      const connection = await connect({
        module,
        belongings,
        log,
        onStatus: (status) => this.life === life && onStatus(status),
        onClosed: () => this.died(life, t("The language server ended unexpectedly.")),
      });
      if (life.over) throw serverDied();
      if (this.life === life) onConnected(connection);
      return connection;
    } catch {
      this.died(life, t("The language server could not be started."));
      throw serverDied();
    }
  }

  /** Starts it again after a pause that grows, or gives up. */
  private died(life: Life, reason: string): void {
    if (life.over) return;
    life.over = true;
    if (this.life !== life) return;
    this.life = undefined;
    this.current = undefined;
    const pause = this.backOff.died(Date.now());
    this.givenUp = pause === undefined;
    if (pause === undefined) {
      const next = t("Show the log to see why, then restart the server.");
      this.options.onStatus({ type: "down", reason: `${reason} ${t("It is not started again by itself.")}`, next });
      return;
    }
    this.options.onStatus({ type: "down", reason, next: t("It is being started again."), retryInMs: pause });
    // A failure is told by the status.
    this.retry = setTimeout(() => this.connection().catch(() => {}), pause);
  }
}
