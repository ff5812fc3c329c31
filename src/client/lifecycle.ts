/** Starts the server when it is needed, and again when it has died. */
import { t } from "@vscode/l10n";
import type { Disposable, LogOutputChannel } from "vscode";
import { BackOff } from "../../server/shared/backOff.ts";
import { ServerError, type ServerStatus, serverDied } from "../errors/serverError.ts";
import type { Connection, LocalOptions } from "./connection.ts";
import { oneAtATime } from "./serial.ts";
import type { WorkspaceRequests } from "./workspace.ts";

export type ServerLifecycleOptions = {
  /** The bundled server. */
  module: string;
  localOptions: LocalOptions;
  log: LogOutputChannel;
  workspace: WorkspaceRequests;
  onStatus: (status: ServerStatus) => void;
  /** A server has started. */
  onConnected: (connection: Connection) => void;
};

/** `over`: its process has ended. */
type Life = { over: boolean };

export class ServerLifecycle implements Disposable {
  private readonly options: ServerLifecycleOptions;
  private readonly backOff = new BackOff();
  /** The current server, and its connection when it is made. Both are undefined while there is no server. */
  private life: Life | undefined;
  private current: Promise<Connection> | undefined;
  /** Resolves when the last server has ended. Two servers at once would register the same commands. */
  private ended: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | undefined;
  private givenUp = false;
  private disposed = false;
  /** Restarts the server. */
  readonly restart = oneAtATime(() => this.endAndStart());

  constructor(options: ServerLifecycleOptions) {
    this.options = options;
  }

  /** The running server. Starts one if there is none; concurrent calls start only one. */
  connection(): Promise<Connection> {
    if (this.disposed) return Promise.reject(new ServerError("notRunning", t("The window is closing.")));
    this.current ??= this.begin();
    return this.current;
  }

  /** The same, but does not start a server that was given up. */
  revived(): Promise<Connection> {
    if (!this.givenUp) return this.connection();
    return Promise.reject(new ServerError("notRunning", t("The language server is not running.")));
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
    // Somebody asked for it again, so it may fail as often as a new one.
    if (this.givenUp) this.backOff.reset();
    this.givenUp = false;
    const life = { over: false };
    this.life = life;
    this.options.onStatus({ type: "starting" });
    return this.ended.then(() => this.launch(life));
  }

  private async launch(life: Life): Promise<Connection> {
    const { module, localOptions, log, workspace, onStatus, onConnected } = this.options;
    try {
      // Loading the language client takes longer than loading all the rest.
      const { connect } = await import("./connection.ts");
      const connection = await connect({
        module,
        localOptions,
        log,
        workspace,
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

  /** Restarts it after a growing pause, or gives up. */
  private died(life: Life, reason: string): void {
    if (life.over) return;
    life.over = true;
    if (this.life !== life) return;
    this.life = undefined;
    this.current = undefined;
    const pause = this.backOff.died();
    this.givenUp = pause === undefined;
    if (pause === undefined) {
      const next = t("Show the log to see why, then restart the server.");
      this.options.onStatus({ type: "down", reason: `${reason} ${t("It is not restarted automatically.")}`, next });
      return;
    }
    this.options.onStatus({ type: "down", reason, next: t("It is restarting."), retryInMs: pause });
    // The status reports a failure.
    this.retry = setTimeout(() => this.connection().catch(() => {}), pause);
  }
}
