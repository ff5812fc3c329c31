/** The engine for a model behind an OpenAI-compatible endpoint. Nothing is loaded on this machine. */

import { StatusNotifier } from "../engine/client/statusNotifier.ts";
import { withSignal } from "../engine/client/withSignal.ts";
import {
  type Engine,
  EngineError,
  type PrepareRequest,
  type PromptRequest,
  type Reply,
  type RespondRequest,
} from "../engine/engine.ts";
import { noModelError, supersededError } from "../engine/errors.ts";
import type { LoadParams, ModelInfo, PrepareResult } from "../protocol.ts";
import { remoteHost } from "../shared/remoteHost.ts";
import type { RemoteEndpoint } from "./endpoint.ts";
import { EndpointReply } from "./reply.ts";

/** An endpoint that is connected or connecting. */
type Connection = { connecting: Promise<RemoteEndpoint>; endpoint?: RemoteEndpoint; ended: AbortController };

export class RemoteEngine extends StatusNotifier implements Engine {
  private life: Connection | undefined;
  private requests = 0;

  async load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo> {
    signal?.throwIfAborted();
    if (!params.remote) throw new EngineError("loadFailed", "A remote engine has no files to load.");
    void this.end();
    const { baseUrl } = params.remote;
    const ended = new AbortController();
    const looking = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    // Loaded on demand: the OpenAI client takes a while to load, and most users never need it.
    const connecting = import("./connect.ts").then(({ connect }) => connect(params, looking));
    connecting.catch(() => {});
    const life: Connection = { connecting, ended };
    this.life = life;
    this.setStatus({ type: "loading", path: baseUrl, progress: 0, attempt: 1, remote: remoteHost(baseUrl) });
    try {
      life.endpoint = await connecting;
      this.report();
      return life.endpoint.info;
    } catch (error) {
      if (this.life !== life) throw supersededError();
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

  /** An endpoint reads a prompt only for a reply, and unfinished text is not sent anywhere. */
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

  private async ready(signal?: AbortSignal): Promise<RemoteEndpoint> {
    signal?.throwIfAborted();
    const { life } = this;
    if (!life) throw noModelError();
    if (life.endpoint) return life.endpoint;
    try {
      return await (signal ? withSignal(life.connecting, signal) : life.connecting);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.life === life ? loadFailed(error) : supersededError();
    }
  }

  /** Throws the signal's reason if the signal caused the error. */
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
    life?.ended.abort(supersededError());
    await life?.connecting.then((endpoint) => endpoint.close()).catch(() => {});
  }

  private report(): void {
    const model = this.life?.endpoint?.info;
    if (!model) return;
    this.setStatus(this.requests > 0 ? { type: "busy", model, requests: this.requests } : { type: "ready", model });
  }
}

/** Keeps the name of the problem as `cause`. */
function loadFailed(error: unknown): EngineError {
  if (!(error instanceof EngineError)) throw error;
  const next = nextOf(error);
  return new EngineError("loadFailed", error.message, { reason: error.message, next, cause: error.code });
}

const nextOf = ({ data: { next } }: EngineError) => (typeof next === "string" ? next : "");
