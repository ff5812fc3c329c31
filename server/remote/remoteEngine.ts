/** The engine behind an OpenAI-compatible endpoint: nothing is loaded and nothing held here. */
import {
  type Engine,
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type Reply,
  type RespondRequest,
} from "../engine/engine.ts";
import { noModel, superseded } from "../engine/errors.ts";
import { StatusTeller } from "../engine/statusTeller.ts";
import { withSignal } from "../engine/withSignal.ts";
import { type LoadParams, type ModelInfo, type PrepareResult, remoteHost } from "../protocol.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointReply } from "./reply.ts";

/** An endpoint in use, or being looked at. */
type Life = { connecting: Promise<Endpoint>; endpoint?: Endpoint; ended: AbortController };

export class RemoteEngine extends StatusTeller implements Engine {
  private life: Life | undefined;
  private requests = 0;

  async load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo> {
    signal?.throwIfAborted();
    if (!params.remote) throw new EngineError("loadFailed", "A remote engine has no files to load.");
    void this.end();
    const { baseUrl } = params.remote;
    const ended = new AbortController();
    const looking = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    // The OpenAI client takes a while to load, and most people never need it.
    const connecting = import("./connect.ts").then(({ connect }) => connect(params, looking));
    connecting.catch(() => {});
    const life: Life = { connecting, ended };
    this.life = life;
    this.setStatus({ type: "loading", path: baseUrl, progress: 0, attempt: 1, remote: remoteHost(baseUrl) });
    try {
      life.endpoint = await connecting;
      this.report();
      return life.endpoint.info;
    } catch (error) {
      if (this.life !== life) throw superseded();
      this.failed(error, signal);
      throw loadFailed(error);
    }
  }

  async unload(): Promise<void> {
    await this.end();
    this.setStatus({ type: "noModel" });
  }

  dispose(): Promise<void> {
    return this.unload();
  }

  async model(signal?: AbortSignal): Promise<ModelInfo> {
    return (await this.ready(signal)).info;
  }

  respond(request: RespondRequest, signal: AbortSignal): Reply {
    const { life } = this;
    return new EndpointReply(
      {
        endpoint: (signal) => this.ready(signal),
        ended: (life?.ended ?? new AbortController()).signal,
        onRunning: (more) => {
          if (this.life !== life) return;
          this.requests += more;
          this.report();
        },
      },
      request,
      signal,
    );
  }

  /** An endpoint reads a prompt when it is asked for the reply, and what is still being typed is not sent anywhere. */
  async prepare(_: PrepareRequest, signal: AbortSignal): Promise<PrepareResult> {
    await this.ready(signal);
    return { readTokens: 0, interrupted: false };
  }

  async countPrompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    return (await this.ready(signal)).counter.prompt(request, signal);
  }

  async countTokens(texts: string[], signal?: AbortSignal): Promise<number[]> {
    return (await this.ready(signal)).counter.texts(texts, signal);
  }

  private async ready(signal?: AbortSignal): Promise<Endpoint> {
    signal?.throwIfAborted();
    const { life } = this;
    if (!life) throw noModel();
    if (life.endpoint) return life.endpoint;
    try {
      return await (signal ? withSignal(life.connecting, signal) : life.connecting);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.life === life ? loadFailed(error) : superseded();
    }
  }

  /** Throws the signal's reason where that was it. */
  private failed(error: unknown, signal?: AbortSignal): void {
    if (signal?.aborted) {
      this.life = undefined;
      this.setStatus({ type: "noModel" });
      signal.throwIfAborted();
    }
    const { message, data } = loadFailed(error);
    this.setStatus({ type: "failed", reason: message, next: String(data.next) });
  }

  private async end(): Promise<void> {
    const { life } = this;
    this.life = undefined;
    this.requests = 0;
    life?.ended.abort(superseded());
    await life?.connecting.then((endpoint) => endpoint.close()).catch(() => {});
  }

  private report(): void {
    const model = this.life?.endpoint?.info;
    if (!model) return;
    this.setStatus(this.requests > 0 ? { type: "busy", model, requests: this.requests } : { type: "ready", model });
  }
}

/** The name of what is wrong stays, as `cause`. */
function loadFailed(error: unknown): EngineError {
  if (!(error instanceof EngineError)) throw error;
  const next = nextOf(error);
  return new EngineError("loadFailed", error.message, { reason: error.message, next, cause: error.code });
}

const nextOf = ({ data: { next } }: EngineError) => (typeof next === "string" ? next : "");
