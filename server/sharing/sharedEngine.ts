/** The engine as its clients have it: in a host that all of a user's programs share, and that may end before they do. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import {
  type Engine,
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type Reply,
  type RespondRequest,
} from "../engine/engine.ts";
import { failed, noModel, superseded } from "../engine/errors.ts";
import { spoken } from "../engine/language.ts";
import { RemoteReply } from "../engine/remoteReply.ts";
import { later, Restarts } from "../engine/restarts.ts";
import { forgetStates } from "../engine/states/disk.ts";
import { defaultStatesFolder } from "../engine/states/where.ts";
import { conversationKey } from "../engine/states/whose.ts";
import { StatusTeller } from "../engine/statusTeller.ts";
import { withSignal } from "../engine/withSignal.ts";
import type { EnginePolicy, LoadParams, LocalLoad, ModelInfo, PrepareResult, Status } from "../protocol.ts";
import type { Link } from "./link.ts";
import { connectToHost, isHostThere } from "./start.ts";
import { agree, productVersion } from "./versions.ts";
import * as wire from "./wire.ts";

export type SharedEngineOptions = {
  /** The folder of the bundles. */
  bundles: string;
  kind: wire.ClientKind;
  log: (message: string) => void;
  /** Where backends are installed (storedPackages.ts). */
  backendsFolder?: () => string;
  policy?: EnginePolicy;
};

export class SharedEngine extends StatusTeller implements Engine {
  private readonly options: SharedEngineOptions;
  private readonly restarts = new Restarts();
  private kind: wire.ClientKind;
  private owner: string = randomUUID();
  private policy: EnginePolicy;
  /** Connected, or being connected; what the present one says counts. */
  private link: Promise<Link> | undefined;
  private current: Link | undefined;
  /** What this client wants, until it has it unloaded. */
  private params: LocalLoad | undefined;
  private loading: Promise<ModelInfo> | undefined;
  /** Others use another model, and the user has not said what is to be. */
  private refused: EngineError | undefined;
  /** Grows with every load and unload, so that what belongs to an earlier one can tell. */
  private generation = 0;
  private cancelRestart = () => {};

  constructor(options: SharedEngineOptions) {
    super();
    this.options = options;
    this.kind = options.kind;
    this.policy = options.policy ?? {};
  }

  /** Whose engine this is; said before anything is asked of it. */
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
    this.generation++;
    this.cancelRestart();
    this.params = undefined;
    this.loading = undefined;
    this.refused = undefined;
    const connected = await link?.catch(() => undefined);
    await connected?.send(wire.unload).catch(() => {});
    if (!this.params) this.setStatus({ type: "noModel" });
  }

  /** Leaves the host, which goes on with what can be taken up again, and for others. */
  async dispose(): Promise<void> {
    this.generation++;
    this.cancelRestart();
    this.params = undefined;
    const { link } = this;
    this.forgetLink();
    (await link?.catch(() => undefined))?.end();
  }

  async model(signal?: AbortSignal): Promise<ModelInfo> {
    const { status } = this;
    if (status.type === "ready" || status.type === "busy") return status.model;
    if (this.refused) throw this.refused;
    if (status.type === "failed" && status.retryInMs === undefined) throw failed(status);
    if (!this.params) throw noModel();
    // Somebody else had it unloaded, or it was given back: who asks for something wants it again.
    if (status.type === "noModel" && !this.loading) this.begin(this.params).catch(() => {});
    if (this.loading) return signal ? withSignal(this.loading, signal) : this.loading;
    return (await this.connected()).send(wire.model, undefined, signal);
  }

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    return new RemoteReply(() => this.ready(signal), { type: "respond" as const, request }, signal);
  }

  resume(replyId: string, signal: AbortSignal): Reply {
    return new RemoteReply(() => this.connected(), { type: "resume" as const, replyId }, signal);
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
    return (await this.ready(signal)).request({ type: "prepare", request }, { signal });
  }

  async countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    return (await this.ready(signal)).request({ type: "countPrompt", request }, { signal });
  }

  async countTokens(texts: string[], signal?: AbortSignal): Promise<number[]> {
    return (await this.ready(signal)).request({ type: "countTokens", texts }, { signal });
  }

  /** The host may hold it for a client that was here before us, but none is started for that. */
  async forget(conversation: string): Promise<void> {
    if (this.link || (await isHostThere())) await (await this.connected()).request({ type: "forget", conversation });
    else await forgetStates(defaultStatesFolder(), conversationKey(this.owner, conversation));
  }

  /** The host, with the model loaded. */
  private async ready(signal?: AbortSignal): Promise<Link> {
    await this.model(signal);
    return this.connected();
  }

  private begin(params: LocalLoad, signal?: AbortSignal): Promise<ModelInfo> {
    const generation = ++this.generation;
    this.cancelRestart();
    this.params = params;
    this.refused = undefined;
    this.setStatus({ type: "loading", path: params.model, progress: 0, attempt: 1 });
    const loading = this.loadNow(params, generation, signal);
    this.loading = loading;
    const over = () => {
      if (this.loading === loading) this.loading = undefined;
    };
    loading.then(over, over);
    return loading;
  }

  private async loadNow(params: LocalLoad, generation: number, signal?: AbortSignal): Promise<ModelInfo> {
    try {
      const link = await this.connected(signal);
      const asked = { params, backendsFolder: this.options.backendsFolder?.() };
      const info = await link.send(wire.load, asked, signal);
      // The status may still be on its way.
      if (generation === this.generation && this.status.type === "loading")
        this.setStatus({ type: "ready", model: info });
      return info;
    } catch (error) {
      if (generation === this.generation) this.couldNotLoad(error);
      throw error;
    }
  }

  /** What the host does not tell all its clients. */
  private couldNotLoad(error: unknown): void {
    if (!(error instanceof EngineError)) {
      // Cancelled.
      this.params = undefined;
      this.setStatus({ type: "noModel" });
      return;
    }
    // The host ended before it had greeted: no connection was there to tell of that.
    if (error.code === "engineCrashed" && !this.link) {
      this.lost();
      return;
    }
    if (error.code === "otherModel") this.refused = error;
    const { reason = error.message, next = "" } = error.data;
    if (this.status.type === "loading") this.setStatus({ type: "failed", reason: String(reason), next: String(next) });
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
        { ...greeting, translations: spoken() },
        {
          onStatus: (status) => current() && this.told(status),
          onDraining: () => current() && this.moveOn(),
          onLost: () => current() && this.lost(),
          log,
        },
      );
      if (await agree(link, welcome, version)) {
        this.current = link;
        return link;
      }
      link.end();
    }
  }

  /** The host's status, which is not this client's while it has no part in the model. */
  private told(status: Status): void {
    if (this.refused || !this.params) return;
    if (status.type === "noModel" && this.loading) return;
    this.setStatus(status);
  }

  /** Another version has taken the host's place, or is about to: what runs ends there, all else goes on here. */
  private moveOn(): void {
    this.forgetLink();
    if (this.params) this.begin({ ...this.params, whenOther: "join" }).catch(() => {});
  }

  /** The host ended. It is started again after a pause that grows, or given up. */
  private lost(): void {
    this.forgetLink();
    const { params } = this;
    if (!params || this.refused) return;
    this.generation++;
    const retryInMs = this.restarts.died();
    const reason = t("The engine ended unexpectedly.");
    const next = retryInMs === undefined ? t("Load the model again.") : t("It is being started again.");
    this.setStatus({ type: "failed", reason, next, retryInMs });
    if (retryInMs === undefined) return;
    // Whoever waits goes on waiting: this is the restart, and no other load in its place.
    const restart = later(retryInMs, () => this.begin(params));
    this.cancelRestart = () => restart.cancel(superseded());
    this.loading = restart.done;
  }
}
