/** Has the server hold the model that the settings name: after each start, and when they change. */
import { t } from "@vscode/l10n";
import { type Disposable, workspace } from "vscode";
import { type LoadParams, Method, type ModelInfo } from "../../server/protocol.ts";
import { loadParams } from "../config.ts";
import type { RemoteAccess } from "../remote/access.ts";
import { cancelled, ServerError, toServerError } from "../serverError.ts";
import type { Connection } from "./connection.ts";
import type { Lives } from "./lives.ts";
import { reloads, sameLoad } from "./reload.ts";
import { oneAtATime } from "./serial.ts";
import type { ServerStatus } from "./status.ts";

/** What is asked for beside what the settings say. */
export type LoadOptions = Pick<LoadParams, "retryBackends">;

/** Settings are typed letter by letter: so long after the last change they are taken as meant, ms. */
const SETTLED_MS = 500;
const KEYS = ["model", "contextTokens", "gpu", "gpuLayers", "threads", "remote"].map((key) => `nemotron.${key}`);

export class Model implements Disposable {
  private readonly lives: Lives;
  private readonly access: RemoteAccess;
  private readonly listener: Disposable;
  private readonly follow = oneAtATime(() => this.followSettings());
  private settling: NodeJS.Timeout | undefined;
  /** What was asked for last, and is loaded, being loaded, or failed. */
  private wanted: LoadParams | undefined;
  private loading: Promise<ModelInfo> | undefined;
  /** Until the server has been asked to load; rejects where the user did not want that. */
  private asking: Promise<unknown> = Promise.resolve();
  /** The user took the model out: it stays out until it is asked for. */
  private unloaded = false;
  /** From the start of a server until it loads. */
  private aboutToLoad = false;

  constructor(lives: Lives, access: RemoteAccess) {
    this.lives = lives;
    this.access = access;
    this.listener = workspace.onDidChangeConfiguration((event) => {
      if (!KEYS.some((key) => event.affectsConfiguration(key))) return;
      clearTimeout(this.settling);
      // A failure to load is told by the status.
      this.settling = setTimeout(() => this.follow().catch(() => {}), SETTLED_MS);
    });
  }

  /**
   * A server has started: it gets the model, unless the user had it taken out.
   * @returns the model, or undefined when there is none to load. Rejects with a ServerError.
   */
  async connected(connection: Connection): Promise<ModelInfo | undefined> {
    this.wanted = undefined;
    const params = this.unloaded ? undefined : loadParams();
    return params && this.loadWith(connection, params);
  }

  /** Loads what the settings name; what is being loaded already is not loaded again. */
  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    const params = loadParams();
    if (!params) throw new ServerError("noModel", t("No model has been chosen."), { next: t("Choose a GGUF file.") });
    const same = this.wanted && sameLoad(this.wanted, params) && !options.retryBackends;
    if (this.loading && same) return this.loading;
    return this.loadWith(await this.lives.connection(), params, options);
  }

  /** Requests wait for this: before it they would find no model. Rejects with notAllowed. */
  async asked(): Promise<void> {
    await this.asking;
  }

  async unload(): Promise<void> {
    this.unloaded = true;
    this.aboutToLoad = false;
    this.asking = Promise.resolve();
    this.wanted = undefined;
    await (await this.lives.running())?.request(Method.unload, {}).catch((error) => {
      throw toServerError(error);
    });
  }

  /** A server that has just started has no model for a moment, which is nothing to tell the user. */
  hides(status: ServerStatus): boolean {
    if (status.type === "noModel") return this.aboutToLoad;
    this.aboutToLoad = status.type === "starting" && !this.unloaded && loadParams() !== undefined;
    return false;
  }

  dispose(): void {
    this.listener.dispose();
    clearTimeout(this.settling);
  }

  private loadWith(connection: Connection, params: LoadParams, options: LoadOptions = {}): Promise<ModelInfo> {
    this.unloaded = false;
    this.wanted = params;
    const asking = this.access.complete(params);
    asking.catch(() => {});
    this.asking = asking;
    const loading = asking
      .then((whole) => {
        // Something else has been wished for while the user was asked.
        if (this.asking !== asking) throw cancelled();
        this.wanted = whole;
        return connection.request<ModelInfo>(Method.load, { ...whole, ...options });
      })
      .catch(async (error) => {
        const named = toServerError(error);
        // What was loaded before is not what is chosen now.
        if (named.code === "notAllowed" && this.asking === asking) await this.unload();
        throw named;
      })
      .finally(() => {
        if (this.loading === loading) this.loading = undefined;
      });
    this.loading = loading;
    return loading;
  }

  /** No server is started for this: the next one reads the settings anyway. */
  private async followSettings(): Promise<void> {
    const connection = await this.lives.running();
    if (!connection) return;
    const params = loadParams();
    if (!reloads({ asked: this.wanted, wanted: params, unloaded: this.unloaded })) return;
    if (params) await this.loadWith(connection, params);
    else await this.unload();
  }
}
