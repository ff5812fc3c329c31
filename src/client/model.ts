/** Has the server load the model that the settings name: after each start, when they change, and when asked. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource, type Disposable } from "vscode";
import { type LoadParams, type LocalLoad, Method, type ModelInfo } from "../../server/protocol.ts";
import { loadParams } from "../config.ts";
import { isRefusal } from "../errors/refusal.ts";
import { report } from "../errors/report.ts";
import { cancelled, rethrow, ServerError, toServerError } from "../errors/serverError.ts";
import type { Connection } from "./connection.ts";
import type { Joining } from "./joining.ts";
import type { ServerLifecycle } from "./lifecycle.ts";
import { LOCAL_SETTINGS, reloads, sameLoad } from "./reload.ts";
import type { RemoteAccess } from "./remoteAccess.ts";
import { oneAtATime } from "./serial.ts";
import { onSettled } from "./settled.ts";

/** What a load asks for besides the settings. */
export type LoadOptions = Pick<LocalLoad, "retryBackends" | "whenOther">;
/** What the user has decided about a load: sending to a remote host, joining the others' model. Asks where needed. */
export type LoadDecisions = { access: RemoteAccess; joining: Joining };

const KEYS = [...LOCAL_SETTINGS, "remote"].map((key) => `nemotron.${key}`);

/** A load that this window asked for. The server's status reports its outcome. */
type Load = {
  type: "load";
  params: LoadParams;
  /** Try backends again that have failed. */
  retryBackends?: boolean;
  /** Settles when the load is over. Rejects with a ServerError. */
  result?: Promise<ModelInfo>;
  readonly stop: CancellationTokenSource;
};

/** The model that the user wants. An unloaded model stays unloaded until the user asks for it. */
type Wish = Load | { type: "nothing" } | { type: "unloaded" };

export class Model implements Disposable {
  private readonly lifecycle: ServerLifecycle;
  private readonly decisions: LoadDecisions;
  private readonly listener: Disposable;
  private readonly follow = oneAtATime(() => this.followSettings());
  private wish: Wish = { type: "nothing" };

  constructor(lifecycle: ServerLifecycle, decisions: LoadDecisions) {
    this.lifecycle = lifecycle;
    this.decisions = decisions;
    this.listener = onSettled(
      (event) => KEYS.some((key) => event.affectsConfiguration(key)),
      // The status reports a failure.
      () => void this.follow().catch(() => {}),
    );
  }

  /** Whether a server that starts gets a model to load. */
  get isWanted(): boolean {
    return this.wish.type !== "unloaded" && loadParams() !== undefined;
  }

  /**
   * Loads the model on a server that has started, unless the user has unloaded it.
   * @returns the model, or undefined when there is none to load. Rejects with a ServerError.
   */
  async connected(connection: Connection): Promise<ModelInfo | undefined> {
    if (this.wish.type === "unloaded") return undefined;
    this.wish = { type: "nothing" };
    const params = loadParams();
    return params && this.loadUnasked(connection, params);
  }

  /** Loads the model of the settings, unless it is being loaded already. */
  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    const params = loadParams();
    if (!params) throw new ServerError("noModel", t("No model is chosen."), { next: t("Choose a GGUF file.") });
    const last = this.wish.type === "load" ? this.wish : undefined;
    const same = last && sameLoad(last.params, params) && !options.retryBackends && !options.whenOther;
    if (last?.result && same) return last.result;
    await this.decisions.joining.decide(params, options.whenOther);
    // A load that replaces another model is the one that was refused.
    const retryBackends = options.whenOther === "replace" ? last?.retryBackends : options.retryBackends;
    return this.loadWith(await this.lifecycle.connection(), params, { ...options, retryBackends }).catch((error) => {
      // The caller shows the refusal, so it is not shown a second time.
      this.decisions.joining.isNew(error, params);
      throw error;
    });
  }

  /**
   * Resolves when the requested load is over. Requests wait for it: earlier they would find no model, or another one.
   * The server itself reloads a model that is gone or was refused. Rejects with notAllowed, otherModel or otherVersion.
   */
  async loadEnded(): Promise<void> {
    if (this.wish.type !== "load") return;
    // The server's status reports all other errors.
    await this.wish.result?.catch((error) => {
      if (error.code === "notAllowed" || isRefusal(error)) throw error;
    });
  }

  /** Cancels this window's load. Other requests for the same model keep waiting, also in other windows. */
  stopLoading(): void {
    const { wish } = this;
    this.wish = { type: "unloaded" };
    if (wish.type === "load") wish.stop.cancel();
  }

  /** The model stays unloaded until the user asks for it. Rejects with a ServerError. */
  async unload(): Promise<void> {
    this.wish = { type: "unloaded" };
    await (await this.lifecycle.running())?.request(Method.unload, {}).catch(rethrow);
  }

  dispose(): void {
    this.listener.dispose();
  }

  /** For loads that no command waits for: shows the user what they have to decide. */
  private loadUnasked(connection: Connection, params: LoadParams): Promise<ModelInfo> {
    const loading = this.loadWith(connection, params);
    loading.catch((error) => {
      if (isRefusal(error) && this.decisions.joining.isNew(error, params)) void report(error);
    });
    return loading;
  }

  private loadWith(connection: Connection, params: LoadParams, options: LoadOptions = {}): Promise<ModelInfo> {
    const load: Load = {
      type: "load",
      params,
      retryBackends: options.retryBackends,
      stop: new CancellationTokenSource(),
    };
    this.wish = load;
    const result = this.request(connection, load, options).finally(() => {
      load.result = undefined;
    });
    load.result = result;
    return result;
  }

  private async request(connection: Connection, load: Load, options: LoadOptions): Promise<ModelInfo> {
    try {
      load.params = await this.decisions.access.complete(load.params);
      // The user has chosen something else meanwhile.
      if (this.wish !== load) throw cancelled();
      const { params, stop } = load;
      const sharing = params.remote ? {} : { whenOther: this.decisions.joining.whenOther(params) };
      return await connection.request<ModelInfo>(Method.load, { ...params, ...sharing, ...options }, stop.token);
    } catch (thrown) {
      const error = toServerError(thrown);
      // The loaded model is not the chosen one any more.
      if (error.code === "notAllowed" && this.wish === load) await this.unload();
      throw error;
    }
  }

  /** Starts no server for this: the next one reads the settings anyway. */
  private async followSettings(): Promise<void> {
    const connection = await this.lifecycle.running();
    if (!connection) return;
    const params = loadParams();
    const asked = this.wish.type === "load" ? this.wish.params : undefined;
    if (!reloads({ asked, wanted: params, unloaded: this.wish.type === "unloaded" })) return;
    if (params) await this.loadUnasked(connection, params);
    else await this.unload();
  }
}
