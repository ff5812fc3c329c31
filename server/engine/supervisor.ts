/** The server's end of the engine: starts the process that holds the model, and starts it again when it dies. */
import { t } from "@vscode/l10n";
import type { Backend, LocalLoad, ModelInfo, PrepareResult, Status } from "../protocol.ts";
import { Child, type ChildTimes, type Death } from "./child.ts";
import { DeadBackends, failuresFor } from "./deadBackends.ts";
import {
  type Engine,
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type Reply,
  type RespondRequest,
} from "./engine.ts";
import { failed, loadFailure, noModel, superseded } from "./errors.ts";
import { spoken } from "./language.ts";
import { RemoteReply } from "./remoteReply.ts";
import { later, Restarts } from "./restarts.ts";
import { forgetStates } from "./states/disk.ts";
import { defaultStatesFolder } from "./states/where.ts";
import { conversationKey } from "./states/whose.ts";
import { StatusTeller } from "./statusTeller.ts";
import { withSignal } from "./withSignal.ts";

/**
 * How long an engine that is unloaded may take to save what it holds, ms: the 9B's states have some hundred MiB, and the
 * last answer may have to be read first. A process that hangs is not waited for any longer.
 */
const SAVE_MS = 5_000;

export type SupervisorOptions = {
  enginePath: string;
  /** Where states of conversations are kept; `defaultStatesFolder()` when left out. */
  statesFolder?: string;
  log: (message: string) => void;
  /** Where backends are installed (storedPackages.ts). */
  backendsFolder?: () => string | undefined;
  /** Looked at before a file is loaded: rejects with an EngineError where it must not be. */
  checkFile?: (file: string, signal: AbortSignal) => Promise<void>;
  /** When an engine process that no longer answers is given up. */
  times?: ChildTimes;
};

export class Supervisor extends StatusTeller implements Engine {
  private readonly options: SupervisorOptions;
  private child: Child | undefined;
  private params: LocalLoad | undefined;
  private readonly deadBackends = new DeadBackends();
  private loading: Promise<ModelInfo> | undefined;
  private info: ModelInfo | undefined;
  private readonly restarts = new Restarts();
  /** Takes back a restart that has been announced. */
  private cancelRestart = () => {};
  /** Grows with every load and unload, so that what belongs to an earlier one can tell. */
  private generation = 0;
  private requests = 0;
  /** What has to be over before another process is started, or this one ends. */
  private ended: Promise<unknown> = Promise.resolve();
  private readonly statesFolder: string;

  constructor(options: SupervisorOptions) {
    super();
    this.options = options;
    this.statesFolder = options.statesFolder ?? defaultStatesFolder();
  }

  /** Of the process that holds the model, or is about to. */
  get enginePid(): number | undefined {
    return this.child?.pid;
  }

  async load(params: LocalLoad, signal?: AbortSignal): Promise<ModelInfo> {
    signal?.throwIfAborted();
    const ended = this.drop();
    const generation = this.generation;
    this.params = params;
    this.restarts.reset();
    if (params.retryBackends) this.deadBackends.forget(params.model);
    // From now on requests wait for this model, also while the process of the last one ends.
    this.setStatus({ type: "loading", path: params.model, progress: 0, attempt: 1 });
    const checked = this.check(params.model, generation, signal);
    this.loading = Promise.all([ended, checked]).then(() => this.tryBackends(generation));
    this.loading.catch(() => {});
    const cancel = () => void this.unload();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await this.loading;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  private async check(file: string, generation: number, signal = new AbortController().signal): Promise<void> {
    try {
      await this.options.checkFile?.(file, signal);
    } catch (error) {
      if (generation === this.generation && error instanceof EngineError)
        this.setStatus({ type: "failed", reason: error.message, next: String(error.data.next) });
      throw error;
    }
  }

  async unload(): Promise<void> {
    const ended = this.drop();
    const generation = this.generation;
    await ended;
    if (generation === this.generation) this.setStatus({ type: "noModel" });
  }

  /** Forgets the model at once; resolves when its process has saved what it holds, and has ended. */
  private async drop(): Promise<void> {
    this.generation++;
    this.cancelRestart();
    const saveMs = this.info ? SAVE_MS : 0;
    this.params = undefined;
    this.info = undefined;
    this.loading = undefined;
    const child = this.child;
    this.child = undefined;
    this.ended = Promise.all([this.ended, child?.end(t("The model was unloaded."), saveMs)]);
    await this.ended;
  }

  dispose(): Promise<void> {
    return this.unload();
  }

  async model(signal?: AbortSignal): Promise<ModelInfo> {
    if (this.info) return this.info;
    if (this.status.type === "failed" && this.status.retryInMs === undefined) throw failed(this.status);
    if (!this.params) throw noModel();
    if (!this.loading) throw new EngineError("noModel", t("The model is being started again."));
    return signal ? withSignal(this.loading, signal) : this.loading;
  }

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    return new RemoteReply(
      () => this.ready(signal),
      { type: "respond" as const, request },
      signal,
      (more) => {
        this.requests += more;
        this.report();
      },
    );
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
    const child = await this.ready(signal);
    return child.request<PrepareResult>({ type: "prepare", request }, { signal });
  }

  async countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    const child = await this.ready(signal);
    return child.request<number>({ type: "countPrompt", request }, { signal });
  }

  async countTokens(texts: string[], signal?: AbortSignal): Promise<number[]> {
    const child = await this.ready(signal);
    return child.request<number[]>({ type: "countTokens", texts }, { signal });
  }

  /**
   * Removes what is kept of a conversation: on disk whatever model it is of, and whether one is loaded or not, and what
   * the engine holds of it, when a reply in it that runs is over.
   */
  async forget(conversation: string, owner = ""): Promise<void> {
    const onDisk = () => forgetStates(this.statesFolder, conversationKey(owner, conversation));
    await onDisk();
    const { child } = this;
    // One that ends has saved it perhaps, and holds nothing any more.
    if (this.info && child) await child.request({ type: "forget", owner, conversation }).catch(() => this.ended);
    else await this.ended;
    await onDisk();
  }

  /** The process that holds the model; waits while it is being loaded. */
  private async ready(signal?: AbortSignal): Promise<Child> {
    await this.model(signal);
    if (!this.child) throw superseded();
    return this.child;
  }

  /** Loads on one backend after the other until one holds. */
  private async tryBackends(generation: number): Promise<ModelInfo> {
    const { params } = this;
    if (!params || generation !== this.generation) throw superseded();
    for (let attempt = 1; ; attempt++) {
      const dead = this.deadBackends.of(params.model);
      let status: Extract<Status, { type: "loading" }> = { type: "loading", path: params.model, progress: 0, attempt };
      const loading = (change: Partial<typeof status>) => {
        status = { ...status, ...change };
        if (generation === this.generation) this.setStatus(status);
      };
      loading({});
      const listeners = {
        onBackend: (backend: Backend) => loading({ backend }),
        onProgress: (progress: number) => loading({ progress }),
        onLine: this.options.log,
        onDeath: (death: Death) => this.died(generation, child, death),
      };
      const child = new Child(this.options.enginePath, listeners, { times: this.options.times });
      this.child = child;
      try {
        const info = await child.request<ModelInfo>({
          type: "load",
          params,
          exclude: dead.map(({ backend }) => backend),
          backendsFolder: this.options.backendsFolder?.(),
          statesFolder: this.statesFolder,
          translations: spoken(),
        });
        const failedBackends = failuresFor(params.gpu, [...dead, ...(info.failedBackends ?? [])]);
        this.info = { ...info, notes: [...failedBackends.map(({ reason }) => reason), ...info.notes], failedBackends };
        this.report();
        return this.info;
      } catch (error) {
        if (generation !== this.generation) throw superseded();
        this.child = undefined;
        const death = child.death;
        await child.end("It could not be loaded.");
        if (death && this.deadBackends.diedLoading(params.model, status.backend, death)) {
          this.options.log(`${status.backend} ended the engine while it was loading (${death.reason}).`);
          continue;
        }
        const failure = death ? this.restartLater(generation, death) : loadFailure(error);
        if (!death) this.setStatus({ type: "failed", reason: failure.message, next: String(failure.data.next) });
        throw failure;
      }
    }
  }

  /** The process ended by itself. While loading, tryBackends sees to it. */
  private died(generation: number, child: Child, death: Death): void {
    if (generation !== this.generation || child !== this.child || !this.info) return;
    const { path, backend } = this.info;
    this.child = undefined;
    this.info = undefined;
    const without = this.deadBackends.diedWorking(path, backend, death) ? backend : undefined;
    if (without) this.restarts.reset();
    this.restartLater(generation, death, without);
  }

  /**
   * Starts again after a pause that grows, or gives up. Returns what to tell those who waited for the model.
   * @param without the backend that is not tried again.
   */
  private restartLater(generation: number, { reason: how }: Death, without?: Backend): EngineError {
    const retryInMs = this.restarts.died();
    const givingUp = retryInMs === undefined;
    const ended = t("The engine ended unexpectedly ({0}).", how);
    const reason = givingUp ? `${ended} ${t("It has done so {0} times.", this.restarts.deaths)}` : ended;
    const next = givingUp
      ? t("Load the model again, perhaps with a smaller context or on the CPU.")
      : without
        ? t("It is being started again without {0}.", without)
        : t("It is being started again.");
    this.setStatus({ type: "failed", reason, next, retryInMs });
    this.loading = undefined;
    if (retryInMs !== undefined) {
      const restart = later(retryInMs, () => this.tryBackends(generation));
      this.loading = restart.done;
      this.cancelRestart = () => restart.cancel(superseded());
    }
    return new EngineError("engineCrashed", reason, { reason, next });
  }

  private report(): void {
    if (!this.info) return;
    if (this.requests > 0) this.setStatus({ type: "busy", model: this.info, requests: this.requests });
    else this.setStatus({ type: "ready", model: this.info });
  }
}
