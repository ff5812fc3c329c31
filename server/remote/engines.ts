/** One engine for all callers. The loaded model decides which engine works: the local process or an endpoint. */
import type { Engine, PrepareRequest, PromptRequest, Reply, RespondRequest } from "../engine/engine.ts";
import { noReplyError } from "../engine/errors.ts";
import type { EnginePolicy, LoadParams, ModelInfo, PrepareResult, Status } from "../protocol.ts";

export class Engines implements Engine {
  private readonly local: Engine;
  private readonly remote: Engine;
  private active: Engine;

  constructor(local: Engine, remote: Engine) {
    this.local = local;
    this.remote = remote;
    this.active = local;
  }

  get status(): Status {
    return this.active.status;
  }

  onStatus(listener: (status: Status) => void): void {
    for (const engine of [this.local, this.remote])
      engine.onStatus((status) => {
        // Ignore the status of an engine that is no longer active.
        if (engine === this.active) listener(status);
      });
  }

  async load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo> {
    const before = this.active;
    this.active = params.remote ? this.remote : this.local;
    const loading = this.active.load(params, signal);
    loading.catch(() => {});
    // A remote engine needs no memory, so it does not wait for the local one to free it.
    if (before !== this.active) await before.unload().catch(() => {});
    return loading;
  }

  unload(): Promise<void> {
    return this.active.unload();
  }

  model(signal?: AbortSignal): Promise<ModelInfo> {
    return this.active.model(signal);
  }

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    return this.active.respond(request, signal);
  }

  introduce(client: Parameters<NonNullable<Engine["introduce"]>>[0]): void {
    this.local.introduce?.(client);
  }

  /** Only the local engine resumes replies, whichever engine is active. Throws EngineError noReply. */
  resume(replyId: string, signal: AbortSignal): Reply {
    if (!this.local.resume) throw noReplyError();
    return this.local.resume(replyId, signal);
  }

  setPolicy(policy: EnginePolicy): void {
    this.local.setPolicy?.(policy);
  }

  prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
    return this.active.prepare(request, signal);
  }

  /** Forgets also while the remote engine is active: saved states are on this machine. */
  async forget(conversation: string): Promise<void> {
    await this.local.forget?.(conversation);
  }

  countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    return this.active.countPrompt(request, signal);
  }

  countTokens(texts: string[], signal?: AbortSignal): Promise<number[]> {
    return this.active.countTokens(texts, signal);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.local.dispose(), this.remote.dispose()]);
  }
}
