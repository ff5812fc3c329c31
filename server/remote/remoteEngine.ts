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
  private connection: Connection | undefined;
  private requests = 0;

  async load(params: LoadParams, signal?: AbortSignal): Promise<ModelInfo> {
    signal?.throwIfAborted();
    if (!params.remote) throw new EngineError("loadFailed", "A remote engine has no files to load.");
    void this.end();
    const { baseUrl } = params.remote;
    const ended = new AbortController();
    const untilEnded = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    // Loaded on demand: the OpenAI client takes a while to load, and most users never need it.
    const connecting = import("./connect.ts").then(({ connect }) => connect(params, untilEnded));
    connecting.catch(() => {});
    const connection: Connection = { connecting, ended };
    this.connection = connection;
    this.setStatus({ type: "loading", path: baseUrl, progress: 0, attempt: 1, remote: remoteHost(baseUrl) });
    try {
      connection.endpoint = await connecting;
      this.report();
      return connection.endpoint.info;
    } catch (error) {
      if (this.connection !== connection) throw supersededError();
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
    const { connection } = this;
    return new EndpointReply(
      {
        endpoint: (signal) => this.ready(signal),
        ended: (connection?.ended ?? new AbortController()).signal,
        onRunning: (more) => {
          if (this.connection !== connection) return;
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
    const { connection } = this;
    if (!connection) throw noModelError();
    if (connection.endpoint) return connection.endpoint;
    try {
      return await (signal ? withSignal(connection.connecting, signal) : connection.connecting);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.connection === connection ? loadFailed(error) : supersededError();
    }
  }

  /** Sets the status after an error. Throws the signal's reason if the signal caused the error. */
  private failed(error: unknown, signal?: AbortSignal): void {
    if (signal?.aborted) {
      this.connection = undefined;
      this.setStatus({ type: "noModel" });
      signal.throwIfAborted();
    }
    const { message, data } = loadFailed(error);
    this.setStatus({ type: "failed", reason: message, next: String(data.next) });
  }

  private async end(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    this.requests = 0;
    connection?.ended.abort(supersededError());
    await connection?.connecting.then((endpoint) => endpoint.close()).catch(() => {});
  }

  private report(): void {
    const model = this.connection?.endpoint?.info;
    if (!model) return;
    this.setStatus(this.requests > 0 ? { type: "busy", model, requests: this.requests } : { type: "ready", model });
  }
}

/** EngineError loadFailed, with the original error's name as `cause`. Throws other errors unchanged. */
function loadFailed(error: unknown): EngineError {
  if (!(error instanceof EngineError)) throw error;
  const next = nextOf(error);
  return new EngineError("loadFailed", error.message, { reason: error.message, next, cause: error.code });
}

const nextOf = ({ data: { next } }: EngineError) => (typeof next === "string" ? next : "");
