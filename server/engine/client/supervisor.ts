/** The server's side of the engine: starts the process that holds the model, and restarts it when it dies. */
import { t } from "@vscode/l10n";
import type { Backend, LocalLoad, ModelInfo, Status } from "../../protocol.ts";
import { BackOff } from "../../shared/backOff.ts";
import { type Engine, EngineError } from "../engine.ts";
import { loadFailedError, noModelError, supersededError, toLoadFailure } from "../errors.ts";
import { failuresFor } from "../gpu/backendOrder.ts";
import { getTranslations } from "../language.ts";
import { forgetStates } from "../states/disk.ts";
import { conversationKey } from "../states/origin.ts";
import { defaultStatesFolder } from "../states/statesFolder.ts";
import { Child, type ChildTimes, type Death, type EngineRequests } from "./child.ts";
import { DeadBackends } from "./deadBackends.ts";
import { EngineClient, type ModelRequest } from "./engineClient.ts";
import { Offenders } from "./offenders.ts";
import { runLater } from "./runLater.ts";
import { withSignal } from "./withSignal.ts";

/**
 * How long an unloaded engine may take to save its states, ms. The 9B's states have some hundred MiB, and the last
 * answer may have to be read first.
 */
const SAVE_MS = 5_000;

export type SupervisorOptions = {
  enginePath: string;
  /** The folder of all saved states; `defaultStatesFolder()` when left out. */
  statesFolder?: string;
  log: (message: string) => void;
  /** The folder of installed backends (storedPackages.ts). */
  backendsFolder?: () => string | undefined;
  /** Checks a file before it is loaded: rejects with an EngineError to refuse it. */
  checkFile?: (file: string, signal: AbortSignal) => Promise<void>;
  /** When to give up an engine process that no longer answers. */
  times?: ChildTimes;
};

/** The model that should be loaded. Each load makes a new object, by which work for an earlier load notices it. */
type Wanted = {
  readonly params: LocalLoad;
  loading?: Promise<ModelInfo>;
  /** Set while the model is loaded. */
  info?: ModelInfo;
  /** Cancels a scheduled restart. */
  cancelRestart?: () => void;
};

/** The engine as one process of its own. Each load starts a new process. */
export class Supervisor extends EngineClient implements Engine {
  private readonly options: SupervisorOptions;
  private child: Child | undefined;
  private wanted: Wanted | undefined;
  private readonly deadBackends = new DeadBackends();
  private readonly restarts = new BackOff();
  private offenders = new Offenders();
  private requests = 0;
  /** Resolves when earlier processes have ended. A new one may start then. */
  private ended: Promise<unknown> = Promise.resolve();
  private readonly statesFolder: string;

  constructor(options: SupervisorOptions) {
    super();
    this.options = options;
    this.statesFolder = options.statesFolder ?? defaultStatesFolder();
  }

  /** The id of the process that holds the model or loads it. */
  get enginePid(): number | undefined {
    return this.child?.pid;
  }

  /** The parameters of the last load, until the model is unloaded. */
  get params(): LocalLoad | undefined {
    return this.wanted?.params;
  }

  async load(params: LocalLoad, signal?: AbortSignal): Promise<ModelInfo> {
    signal?.throwIfAborted();
    const ended = this.drop();
    const wanted: Wanted = { params };
    this.wanted = wanted;
    this.restarts.reset();
    this.offenders = new Offenders();
    if (params.retryBackends) this.deadBackends.forget(params.model);
    // From now on requests wait for this model, also while the process of the last model ends.
    this.setStatus({ type: "loading", path: params.model, progress: 0, attempt: 1 });
    const checked = this.check(wanted, signal);
    const loading = Promise.all([ended, checked]).then(() => this.tryBackends(wanted));
    loading.catch(() => {});
    wanted.loading = loading;
    const cancel = () => void this.unload();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await loading;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  private async check(wanted: Wanted, signal = new AbortController().signal): Promise<void> {
    try {
      await this.options.checkFile?.(wanted.params.model, signal);
    } catch (error) {
      if (wanted === this.wanted && error instanceof EngineError)
        this.setStatus({ type: "failed", reason: error.message, next: String(error.data.next) });
      throw error;
    }
  }

  async unload(): Promise<void> {
    await this.drop();
    if (!this.wanted) this.setStatus({ type: "noModel" });
  }

  /** Drops the model at once. Resolves when its process has saved its states and ended. */
  private async drop(): Promise<void> {
    this.wanted?.cancelRestart?.();
    const saveMs = this.wanted?.info ? SAVE_MS : 0;
    this.wanted = undefined;
    const child = this.child;
    this.child = undefined;
    this.ended = Promise.all([this.ended, child?.end(t("The model was unloaded."), saveMs)]);
    await this.ended;
  }

  dispose(): Promise<void> {
    return this.unload();
  }

  async model(signal?: AbortSignal): Promise<ModelInfo> {
    const { info, loading } = this.wanted ?? {};
    if (info) return info;
    if (this.status.type === "failed" && this.status.retryInMs === undefined) throw loadFailedError(this.status);
    if (!this.wanted) throw noModelError();
    if (!loading) throw new EngineError("noModel", t("The model is being reloaded."));
    return signal ? withSignal(loading, signal) : loading;
  }

  /**
   * Removes the states of a conversation: on disk for all models, whether one is loaded or not, and in the engine after
   * a running reply.
   */
  async forget(conversation: string, owner = ""): Promise<void> {
    const onDisk = () => forgetStates(this.statesFolder, conversationKey(owner, conversation));
    await onDisk();
    const { child } = this;
    // A process that is ending may still save the conversation, so the last removal waits for its end.
    if (this.wanted?.info && child)
      await child.request({ type: "forget", owner, conversation }).catch(() => this.ended);
    else await this.ended;
    await onDisk();
  }

  async ready(signal?: AbortSignal): Promise<EngineRequests<ModelRequest>> {
    await this.model(signal);
    if (!this.child) throw supersededError();
    const engine = this.offenders.guard(this.child);
    return {
      request: async (request, options) => {
        if (request.type !== "respond") return engine.request(request, options);
        this.running(1);
        return engine.request<never>(request, options).finally(() => this.running(-1));
      },
    };
  }

  /** Loads the model. If a backend ends the process, tries again without that backend. */
  private async tryBackends(wanted: Wanted): Promise<ModelInfo> {
    if (wanted !== this.wanted) throw supersededError();
    const { params } = wanted;
    for (let attempt = 1; ; attempt++) {
      const dead = this.deadBackends.of(params.model);
      let status: Extract<Status, { type: "loading" }> = { type: "loading", path: params.model, progress: 0, attempt };
      const loading = (change: Partial<typeof status>) => {
        status = { ...status, ...change };
        if (wanted === this.wanted) this.setStatus(status);
      };
      loading({});
      const later: string[] = [];
      const onNote = (note: string) => {
        later.push(note);
        this.noted(wanted, note);
      };
      const listeners = {
        onNote,
        onBackend: (backend: Backend) => loading({ backend }),
        onProgress: (progress: number) => loading({ progress }),
        onLine: this.options.log,
        onDeath: (death: Death) => this.died(wanted, child, death),
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
          translations: getTranslations(),
        });
        const failedBackends = failuresFor(params.gpu, [...dead, ...(info.failedBackends ?? [])]);
        const notes = [...failedBackends.map(({ reason }) => reason), ...info.notes, ...later];
        wanted.info = { ...info, notes, failedBackends };
        this.report();
        return wanted.info;
      } catch (error) {
        if (wanted !== this.wanted) throw supersededError();
        this.child = undefined;
        const death = child.death;
        await child.end("It could not be loaded.");
        if (death && this.deadBackends.diedLoading(params.model, status.backend, death)) {
          this.options.log(`${status.backend} ended the engine while it was loading (${death.reason}).`);
          continue;
        }
        const failure = death ? this.restartLater(wanted, death) : toLoadFailure(error);
        if (!death) this.setStatus({ type: "failed", reason: failure.message, next: String(failure.data.next) });
        throw failure;
      }
    }
  }

  /** Called when the process has ended by itself. A death while loading is handled by tryBackends. */
  private died(wanted: Wanted, child: Child, death: Death): void {
    if (wanted !== this.wanted || child !== this.child || !wanted.info) return;
    if (!death.killed && !death.stopped) this.offenders.died(child.working);
    const { path, backend } = wanted.info;
    this.child = undefined;
    wanted.info = undefined;
    const without = this.deadBackends.diedWorking(path, backend, death) ? backend : undefined;
    if (without) this.restarts.reset();
    this.restartLater(wanted, death, without);
  }

  /**
   * Restarts after a growing pause, or gives up. Returns the error for requests that wait for the model.
   * @param without the backend that is not tried again.
   */
  private restartLater(wanted: Wanted, { reason: how }: Death, without?: Backend): EngineError {
    const retryInMs = this.restarts.died();
    const givingUp = retryInMs === undefined;
    const ended = t("The engine ended unexpectedly ({0}).", how);
    const reason = givingUp ? `${ended} ${t("This has happened {0} times.", this.restarts.deaths)}` : ended;
    const next = givingUp
      ? t("Load the model again, perhaps with a smaller context or on the CPU.")
      : without
        ? t("It is restarting without {0}.", without)
        : t("It is restarting.");
    this.setStatus({ type: "failed", reason, next, retryInMs });
    wanted.loading = undefined;
    if (retryInMs !== undefined) {
      const restart = runLater(retryInMs, () => this.tryBackends(wanted));
      wanted.loading = restart.done;
      wanted.cancelRestart = () => restart.cancel(supersededError());
    }
    return new EngineError("engineCrashed", reason, { reason, next });
  }

  private noted(wanted: Wanted, note: string): void {
    if (wanted !== this.wanted || !wanted.info) return;
    wanted.info = { ...wanted.info, notes: [...wanted.info.notes, note] };
    this.report();
  }

  /** Counts the running replies, for the status. */
  private running(more: 1 | -1): void {
    this.requests += more;
    this.report();
  }

  private report(): void {
    const model = this.wanted?.info;
    if (!model) return;
    this.setStatus(this.requests > 0 ? { type: "busy", model, requests: this.requests } : { type: "ready", model });
  }
}
