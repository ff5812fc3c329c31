/** Has the server hold the model that the settings name: after each start, when they change, and when it has gone. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource, type Disposable } from "vscode";
import { type LoadParams, type LocalLoad, Method, type ModelInfo } from "../../server/protocol.ts";
import { loadParams } from "../config.ts";
import type { RemoteAccess } from "../remote/access.ts";
import { report } from "../report.ts";
import { cancelled, ServerError, toServerError } from "../serverError.ts";
import type { Joining } from "../sharing/joining.ts";
import { isRefusal, refusal, stillRefused } from "../sharing/refusal.ts";
import type { Connection } from "./connection.ts";
import type { Lives } from "./lives.ts";
import { LOCAL_SETTINGS, reloads, sameLoad } from "./reload.ts";
import { oneAtATime } from "./serial.ts";
import { onSettled } from "./settled.ts";
import type { ServerStatus } from "./status.ts";

/** What is asked for beside what the settings say. */
export type LoadOptions = Pick<LocalLoad, "retryBackends" | "whenOther">;
/** What the user is asked where the settings do not say it all. */
export type Answers = { access: RemoteAccess; joining: Joining };

const KEYS = [...LOCAL_SETTINGS, "remote"].map((key) => `nemotron.${key}`);

export class Model implements Disposable {
  private readonly lives: Lives;
  private readonly answers: Answers;
  private readonly onRefused: (error: ServerError) => void;
  private readonly listener: Disposable;
  private readonly follow = oneAtATime(() => this.followSettings());
  /** What was asked for last, and is loaded, being loaded, or failed. */
  private wanted: LoadParams | undefined;
  private loading: Promise<ModelInfo> | undefined;
  /** Of the load that was asked for last. */
  private stop = new CancellationTokenSource();
  /** It was to be loaded on backends that had failed. */
  private retrying: boolean | undefined;
  /** Until the server has been asked to load; rejects where the user did not want that. */
  private asking: Promise<unknown> = Promise.resolve();
  /** The user took the model out: it stays out until it is asked for. */
  private unloaded = false;
  /** From the start of a server until it loads. */
  private aboutToLoad = false;
  /** The server has no model: another window has unloaded it, or the engine has given it back. */
  private gone = false;
  /** Why the shared engine does not have what was wanted. */
  private refused: ServerError | undefined;

  constructor(lives: Lives, answers: Answers, onRefused: (error: ServerError) => void) {
    this.lives = lives;
    this.answers = answers;
    this.onRefused = onRefused;
    this.listener = onSettled(
      (event) => KEYS.some((key) => event.affectsConfiguration(key)),
      // A failure to load is told by the status.
      () => void this.follow().catch(() => {}),
    );
  }

  /**
   * A server has started: it gets the model, unless the user had it taken out.
   * @returns the model, or undefined when there is none to load. Rejects with a ServerError.
   */
  async connected(connection: Connection): Promise<ModelInfo | undefined> {
    this.wanted = undefined;
    const params = this.unloaded ? undefined : loadParams();
    return params && this.loadUnasked(connection, params);
  }

  /** Loads what the settings name; what is being loaded already is not loaded again. */
  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    const params = loadParams();
    if (!params) throw new ServerError("noModel", t("No model has been chosen."), { next: t("Choose a GGUF file.") });
    const same = this.wanted && sameLoad(this.wanted, params) && !options.retryBackends && !options.whenOther;
    if (this.loading && same) return this.loading;
    await this.answers.joining.decide(params, options.whenOther);
    // Whoever has it put in the place of another wants what was refused.
    if (options.whenOther !== "replace") this.retrying = options.retryBackends;
    const whole = { ...options, retryBackends: this.retrying };
    return this.loadWith(await this.lives.connection(), params, whole).catch((error) => {
      // Whoever asked for it is told why it was refused.
      this.answers.joining.isNew(error, params);
      throw error;
    });
  }

  /**
   * Requests wait for this: before it they would find no model, or another one. What has gone without this window's doing
   * is loaded again, and what was refused is asked for again. Rejects with notAllowed, otherModel or otherVersion.
   */
  async asked(connection: Connection): Promise<void> {
    const params = loadParams();
    const missing = this.refused !== undefined || (this.gone && !this.unloaded);
    if (missing && params && !this.loading) this.loadWith(connection, params).catch(() => {});
    await this.asking;
    // What else becomes of it, the server tells.
    await this.loading?.catch((error) => {
      if (error.code === "notAllowed" || isRefusal(error)) throw error;
    });
  }

  /** Who waits for the same model as well goes on waiting, also in other windows. */
  stopLoading(): void {
    this.leave();
    this.stop.cancel();
  }

  async unload(): Promise<void> {
    this.leave();
    await (await this.lives.running())?.request(Method.unload, {}).catch((error) => {
      throw toServerError(error);
    });
  }

  /** A server that has just started has no model for a moment, and one that others use is not this window's. */
  hides(status: ServerStatus): boolean {
    if (status.type === "refused") return false;
    if (this.refused && stillRefused(this.refused, this.wanted, status)) return true;
    this.refused = undefined;
    this.gone = status.type === "noModel";
    if (this.gone) return this.aboutToLoad;
    this.aboutToLoad = status.type === "starting" && !this.unloaded && loadParams() !== undefined;
    return false;
  }

  dispose(): void {
    this.listener.dispose();
  }

  private leave(): void {
    this.unloaded = true;
    this.aboutToLoad = false;
    this.asking = Promise.resolve();
    this.wanted = undefined;
    this.refused = undefined;
  }

  /** What nobody waits for tells by itself that the user has to decide something. */
  private loadUnasked(connection: Connection, params: LoadParams): Promise<ModelInfo> {
    const loading = this.loadWith(connection, params);
    loading.catch((error) => {
      if (isRefusal(error) && this.answers.joining.isNew(error, params)) void report(error);
    });
    return loading;
  }

  private loadWith(connection: Connection, params: LoadParams, options: LoadOptions = {}): Promise<ModelInfo> {
    this.unloaded = false;
    this.wanted = params;
    const stop = new CancellationTokenSource();
    this.stop = stop;
    const asking = this.answers.access.complete(params);
    asking.catch(() => {});
    this.asking = asking;
    const loading = asking
      .then((whole) => {
        // Something else has been wished for while the user was asked.
        if (this.asking !== asking) throw cancelled();
        this.wanted = whole;
        const sharing = whole.remote ? {} : { whenOther: this.answers.joining.whenOther(whole) };
        return connection.request<ModelInfo>(Method.load, { ...whole, ...sharing, ...options }, stop.token);
      })
      .catch(async (error) => {
        const named = refusal(toServerError(error), params);
        if (this.asking === asking) await this.notLoaded(named);
        throw named;
      })
      .finally(() => {
        if (this.loading === loading) this.loading = undefined;
      });
    this.loading = loading;
    return loading;
  }

  private async notLoaded(error: ServerError): Promise<void> {
    // What was loaded before is not what is chosen now.
    if (error.code === "notAllowed") await this.unload();
    if (!isRefusal(error)) return;
    this.refused = error;
    this.aboutToLoad = false;
    this.onRefused(error);
  }

  /** No server is started for this: the next one reads the settings anyway. */
  private async followSettings(): Promise<void> {
    const connection = await this.lives.running();
    if (!connection) return;
    const params = loadParams();
    if (!reloads({ asked: this.wanted, wanted: params, unloaded: this.unloaded })) return;
    if (params) await this.loadUnasked(connection, params);
    else await this.unload();
  }
}
