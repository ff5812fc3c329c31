/**
 * The engine as its clients see it. It runs in a host that all programs of a user share. The host can end before its
 * clients do.
 */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { EngineClient } from "../../engine/client/engineClient.ts";
import { IpcReply } from "../../engine/client/ipcReply.ts";
import { runLater } from "../../engine/client/runLater.ts";
import { withSignal } from "../../engine/client/withSignal.ts";
import { type Engine, EngineError, type Reply } from "../../engine/engine.ts";
import { loadFailedError, noModelError, supersededError } from "../../engine/errors.ts";
import { getTranslations } from "../../engine/language.ts";
import { forgetStates } from "../../engine/states/disk.ts";
import { conversationKey } from "../../engine/states/origin.ts";
import { defaultStatesFolder } from "../../engine/states/statesFolder.ts";
import type { EnginePolicy, LoadParams, LocalLoad, ModelInfo, Refusal, Status } from "../../protocol.ts";
import { BackOff } from "../../shared/backOff.ts";
import { productVersion } from "../productVersion.ts";
import * as wire from "../wire.ts";
import type { Link } from "./link.ts";
import { connectToHost, isHostRunning } from "./start.ts";
import { negotiateVersion } from "./versions.ts";

export type SharedEngineOptions = {
  /** The folder of the product's bundles, such as host.mjs. */
  bundles: string;
  kind: wire.ClientKind;
  log: (message: string) => void;
  /** The folder of installed backends (storedPackages.ts). */
  backendsFolder?: () => string;
  policy?: EnginePolicy;
};

/**
 * The model that this client wants, until the client unloads it. Each load makes a new object, by which work for an
 * earlier load notices it. The status says what has become of the model.
 */
type Wanted = {
  readonly params: LocalLoad;
  /** Set while the model is loading, or waits for a restart. */
  loading?: Promise<ModelInfo>;
  /** Cancels a scheduled restart. */
  cancelRestart?: () => void;
};

/** Starts a host when it needs one, and reconnects when the host ends. */
export class SharedEngine extends EngineClient implements Engine {
  private readonly options: SharedEngineOptions;
  private readonly restarts = new BackOff();
  private kind: wire.ClientKind;
  private owner: string = randomUUID();
  private policy: EnginePolicy;
  /** The connection, which may still be opening. */
  private link: Promise<Link> | undefined;
  /** The open connection after its greeting. Messages of earlier connections are ignored. */
  private current: Link | undefined;
  /** The host of an earlier version, from its greeting until it has finished its replies and ends. */
  private previous: Link | undefined;
  /** Called with that host when it is found. */
  private readonly awaitPrevious = new Set<(link: Link) => void>();
  private wanted: Wanted | undefined;

  constructor(options: SharedEngineOptions) {
    super();
    this.options = options;
    this.kind = options.kind;
    this.policy = options.policy ?? {};
  }

  /** Sets what this client tells the host in its greeting. Call it before any request. */
  introduce({ kind = this.kind, owner = this.owner }: { kind?: wire.ClientKind; owner?: string }): void {
    this.kind = kind;
    this.owner = owner;
  }

  setPolicy(policy: EnginePolicy): void {
    this.policy = { ...this.policy, ...policy };
    this.link?.then((link) => link.setPolicy(this.policy)).catch(() => {});
  }

  async load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo> {
    if (params.remote) throw new EngineError("loadFailed", "A remote engine has no files to load.");
    signal?.throwIfAborted();
    this.restarts.reset();
    return this.begin(params, signal);
  }

  async unload(): Promise<void> {
    const { link } = this;
    this.setWanted(undefined);
    const connected = await link?.catch(() => undefined);
    await connected?.send(wire.unload).catch(() => {});
    if (!this.wanted) this.setStatus({ type: "noModel" });
  }

  /** Leaves the host, which continues resumable replies and serves its other clients. */
  async dispose(): Promise<void> {
    this.setWanted(undefined);
    const { link } = this;
    this.forgetLink();
    this.previous?.end();
    (await link?.catch(() => undefined))?.end();
  }

  async model(signal?: AbortSignal): Promise<ModelInfo> {
    const { status, wanted } = this;
    if (status.type === "ready" || status.type === "busy") return status.model;
    if (status.type === "failed" && status.retryInMs === undefined) throw loadFailedError(status);
    if (!wanted) throw noModelError();
    // Another program has unloaded or replaced the model. A request that needs the model asks for it again.
    const isGone = status.type === "noModel" || status.type === "refused";
    const loading = isGone && !wanted.loading ? this.begin(automatic(wanted.params)) : wanted.loading;
    if (loading) return signal ? withSignal(loading, signal) : loading;
    return (await this.connected()).send(wire.model, undefined, signal);
  }

  resume(replyId: string, signal: AbortSignal): Reply {
    return new IpcReply(() => this.withReplies(), { type: "resume" as const, replyId }, signal);
  }

  /** The host that has the replies of this client's predecessor: after an update, that is the previous one. */
  private async withReplies(): Promise<Link> {
    const connected = this.connected();
    if (this.previous) return this.previous;
    let found: (link: Link) => void;
    const previous = new Promise<Link>((resolve) => {
      found = resolve;
      this.awaitPrevious.add(found);
    });
    return Promise.race([connected, previous]).finally(() => this.awaitPrevious.delete(found));
  }

  /** A running host can hold states from an earlier client. No host is started only for this. */
  async forget(conversation: string): Promise<void> {
    if (this.link || (await isHostRunning())) await (await this.connected()).request({ type: "forget", conversation });
    else await forgetStates(defaultStatesFolder(), conversationKey(this.owner, conversation));
  }

  /** The connection to the host, when the model is loaded. */
  async ready(signal?: AbortSignal): Promise<Link> {
    await this.model(signal);
    return this.connected();
  }

  private begin(params: LocalLoad, signal?: AbortSignal): Promise<ModelInfo> {
    const wanted: Wanted = { params };
    this.setWanted(wanted);
    this.setStatus({ type: "loading", path: params.model, progress: 0, attempt: 1 });
    const loading = this.loadNow(wanted, signal);
    wanted.loading = loading;
    const over = () => {
      wanted.loading = undefined;
    };
    loading.then(over, over);
    return loading;
  }

  private setWanted(wanted: Wanted | undefined): void {
    this.wanted?.cancelRestart?.();
    this.wanted = wanted;
  }

  private async loadNow(wanted: Wanted, signal?: AbortSignal): Promise<ModelInfo> {
    try {
      const link = await this.connected(signal);
      const request = { params: wanted.params, backendsFolder: this.options.backendsFolder?.() };
      const info = await link.send(wire.load, request, signal);
      // The host's status may arrive after its answer.
      if (wanted === this.wanted && this.status.type === "loading") this.setStatus({ type: "ready", model: info });
      return info;
    } catch (error) {
      if (wanted === this.wanted) this.handleLoadError(error);
      throw error;
    }
  }

  /** Sets the status for an error that the host does not report to all clients. */
  private handleLoadError(error: unknown): void {
    if (!(error instanceof EngineError)) {
      // Cancelled.
      this.setWanted(undefined);
      this.setStatus({ type: "noModel" });
      return;
    }
    // The host ended before the greeting, so no connection reported that.
    if (error.code === "engineCrashed" && !this.link) {
      this.lost();
      return;
    }
    const { reason = error.message, next = "", ...data } = error.data;
    const why = { reason: String(reason), next: String(next) };
    if (error.code === "otherModel" || error.code === "otherVersion")
      this.setStatus({ type: "refused", name: error.code, ...why, ...(data as Refusal) });
    else if (this.status.type === "loading") this.setStatus({ type: "failed", ...why });
  }

  private connected(signal: AbortSignal = new AbortController().signal): Promise<Link> {
    if (this.link) return this.link;
    const link = this.connect(signal);
    this.link = link;
    link.catch(() => {
      if (this.link === link) this.forgetLink();
    });
    return link;
  }

  private forgetLink(): void {
    this.link = undefined;
    this.current = undefined;
  }

  private async connect(signal: AbortSignal): Promise<Link> {
    const { bundles, log } = this.options;
    for (;;) {
      const link = await connectToHost(bundles, signal);
      const current = () => this.current === link;
      const { kind, owner, policy } = this;
      const version = productVersion(bundles);
      const greeting = { protocol: wire.PROTOCOL, version, pid: process.pid, kind, owner, policy };
      const welcome = await link.greet(
        { ...greeting, translations: getTranslations() },
        {
          onStatus: (status) => current() && this.receiveStatus(status),
          onDraining: () => current() && this.changeHost(),
          onLost: () => {
            if (this.previous === link) this.previous = undefined;
            if (current()) this.lost();
          },
          log,
        },
      );
      if (await negotiateVersion(link, welcome, version)) {
        this.current = link;
        return link;
      }
      if (welcome.protocol < wire.PROTOCOL) link.end();
      else this.keepPrevious(link);
    }
  }

  private keepPrevious(link: Link): void {
    this.previous = link;
    for (const found of this.awaitPrevious) found(link);
  }

  /** Takes over the host's status, if it is about the model that this client uses. */
  private receiveStatus(status: Status): void {
    const { wanted } = this;
    if (!wanted) return;
    // A refused client ignores the status until the other model is gone.
    if (this.status.type === "refused" && !(status.type === "noModel" && status.reason !== undefined)) return;
    if (wanted.loading && (status.type === "noModel" || isOfOtherModel(status, wanted.params))) return;
    this.setStatus(status);
  }

  /** Another version replaces the host. Running requests end there; new ones go to the next host. */
  private changeHost(): void {
    this.forgetLink();
    if (this.wanted) this.begin({ ...this.wanted.params, whenOther: "join" }).catch(() => {});
  }

  /** The host ended. Restarts it after a growing pause, or gives up. */
  private lost(): void {
    this.forgetLink();
    const { wanted } = this;
    if (!wanted || this.status.type === "refused") return;
    const retryInMs = this.restarts.died();
    const reason = t("The engine ended unexpectedly.");
    const next = retryInMs === undefined ? t("Load the model again.") : t("It is restarting.");
    const params = automatic(wanted.params);
    // Requests keep waiting, because the restart repeats the same load.
    const restart = retryInMs === undefined ? undefined : runLater(retryInMs, () => this.begin(params));
    this.setWanted({ params, loading: restart?.done, cancelRestart: () => restart?.cancel(supersededError()) });
    this.setStatus({ type: "failed", reason, next, retryInMs });
  }
}

/** The parameters for a load without the user: it never replaces the model of other programs. */
const automatic = ({ whenOther, retryBackends: _, ...params }: LocalLoad): LocalLoad =>
  whenOther === "join" ? { ...params, whenOther } : params;

/** Whether a status is about another model than the wanted one, which only other programs use. */
function isOfOtherModel(status: Status, { model, whenOther }: LocalLoad): boolean {
  const path = "model" in status ? status.model.path : status.type === "loading" ? status.path : model;
  return path !== model && whenOther !== "join";
}
