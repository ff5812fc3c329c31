/** The kinds of requests to the server: with or without the model, streamed, with progress. */
import { randomUUID } from "node:crypto";
import type { CancellationToken } from "vscode";
import type { AgentProgress, ReplyProgress, ResumeResult } from "../../server/protocol.ts";
import { orCancelled, rethrow } from "../errors/serverError.ts";
import { type Activity, ActivityTracker } from "./activity.ts";
import type { Connection, OnWorkDone } from "./connection.ts";
import type { ServerLifecycle } from "./lifecycle.ts";
import type { Model } from "./model.ts";
import { type OnProgress, type StreamedReply, Streams } from "./streams.ts";

export class Requests {
  private readonly lifecycle: ServerLifecycle;
  private readonly model: Model;
  private readonly tracker = new ActivityTracker();
  private readonly streams: Streams;

  constructor(lifecycle: ServerLifecycle, model: Model) {
    this.lifecycle = lifecycle;
    this.model = model;
    this.streams = new Streams(lifecycle, this.tracker);
  }

  /** The stage of the running replies; undefined if unknown. */
  activity(): Activity | undefined {
    return this.tracker.at(Date.now());
  }

  /** For a request that needs no model. */
  async withoutModel<R>(method: string, params: object, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.lifecycle.connection(), token);
    return connection.request<R>(method, params, token).catch(rethrow);
  }

  /** For a request that needs the model: waits for its load. */
  async ofModel<R>(method: string, params: object, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.withModel(), token);
    return connection.request<R>(method, params, token).catch(rethrow);
  }

  /** For a request with a streamed reply. It waits for the load of the model. */
  streamed<R, P extends ReplyProgress | AgentProgress = ReplyProgress>(
    method: string,
    params: object,
    onProgress: OnProgress<P>,
    cancellation?: CancellationToken,
  ): StreamedReply<R> {
    return this.streams.begin<R, P>({ method, params, onProgress, cancellation, connect: () => this.withModel() });
  }

  /** Rejects with noReply, with notRunning if the server was given up, or as the reply itself does. */
  resume(replyId: string, onProgress: OnProgress, cancellation?: CancellationToken): StreamedReply<ResumeResult> {
    return this.streams.resume(replyId, onProgress, cancellation);
  }

  /** For a request that takes minutes and reports its progress. */
  async working<R>(method: string, params: object, onProgress: OnWorkDone, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.lifecycle.connection(), token);
    const workDoneToken = randomUUID();
    const subscription = connection.onWorkDone(workDoneToken, onProgress);
    try {
      return await connection.request<R>(method, { ...params, workDoneToken }, token).catch(rethrow);
    } finally {
      subscription.dispose();
    }
  }

  /** The server, after the load of its model. */
  private async withModel(): Promise<Connection> {
    const connection = await this.lifecycle.connection();
    await this.model.loadEnded();
    return connection;
  }
}
