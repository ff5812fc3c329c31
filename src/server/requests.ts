/** The ways in which the server is asked: with the model or without it, streamed, or with progress. */
import { randomUUID } from "node:crypto";
import type { CancellationToken } from "vscode";
import type { ResumeResult } from "../../server/protocol.ts";
import { orCancelled, rethrow } from "../serverError.ts";
import { Activity, type Doing } from "./activity.ts";
import type { Connection, OnWorkDone } from "./connection.ts";
import type { Lives } from "./lives.ts";
import type { Model } from "./model.ts";
import { type OnProgress, type StreamedReply, Streams } from "./streams.ts";

export class Requests {
  private readonly lives: Lives;
  private readonly model: Model;
  private readonly activity = new Activity();
  private readonly streams: Streams;

  constructor(lives: Lives, model: Model) {
    this.lives = lives;
    this.model = model;
    this.streams = new Streams(lives, this.activity);
  }

  /** What the replies are at. Undefined while nothing is known. */
  doing(): Doing | undefined {
    return this.activity.at(Date.now());
  }

  /** What needs no model. */
  async plain<R>(method: string, params: object, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.lives.connection(), token);
    return connection.request<R>(method, params, token).catch(rethrow);
  }

  async ofModel<R>(method: string, params: object, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.withModel(), token);
    return connection.request<R>(method, params, token).catch(rethrow);
  }

  streamed<R>(method: string, params: object, onProgress: OnProgress, cancellation?: CancellationToken) {
    return this.streams.begin<R>({ method, params, onProgress, cancellation, connect: () => this.withModel() });
  }

  /** Rejects with noReply, or notRunning where the server has been given up, and as the reply itself does. */
  resume(replyId: string, onProgress: OnProgress, cancellation?: CancellationToken): StreamedReply<ResumeResult> {
    return this.streams.resume(replyId, onProgress, cancellation);
  }

  /** Something that takes minutes, and tells how far it is. */
  async working<R>(method: string, params: object, onProgress: OnWorkDone, token?: CancellationToken): Promise<R> {
    const connection = await orCancelled(this.lives.connection(), token);
    const workDoneToken = randomUUID();
    const subscription = connection.onWorkDone(workDoneToken, onProgress);
    try {
      return await connection.request<R>(method, { ...params, workDoneToken }, token).catch(rethrow);
    } finally {
      subscription.dispose();
    }
  }

  /** A server that has been asked for its model, and again where that has gone without the user's doing. */
  private async withModel(): Promise<Connection> {
    const connection = await this.lives.connection();
    await this.model.asked(connection);
    return connection;
  }
}
