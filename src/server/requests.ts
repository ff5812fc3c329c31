/** The ways in which the server is asked: with the model or without it, streamed, or with progress. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import type { CancellationToken } from "vscode";
import { type AddBudgetResult, Method, type ReplyProgress } from "../../server/protocol.ts";
import { orCancelled, rethrow, ServerError } from "../serverError.ts";
import { Activity, type Doing } from "./activity.ts";
import type { Connection, OnWorkDone } from "./connection.ts";
import type { Lives } from "./lives.ts";
import type { Model } from "./model.ts";

export type OnProgress = (progress: ReplyProgress) => void;
/** A reply that is being made, and can be steered. `result` rejects with a ServerError. */
export type StreamedReply<R> = {
  /** The request's partialResultToken. */
  readonly token: string;
  readonly result: Promise<R>;
  /** Ends the thought. Rejects with notThinking when there is none. */
  answerNow(): Promise<void>;
  /** Raises the thought's budget by so many tokens, and returns the new one. Rejects with notThinking when there is none. */
  addBudget(tokens: number): Promise<AddBudgetResult["budget"]>;
};

export class Requests {
  private readonly lives: Lives;
  private readonly model: Model;
  private readonly activity = new Activity();

  constructor(lives: Lives, model: Model) {
    this.lives = lives;
    this.model = model;
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

  streamed<R>(
    method: string,
    params: object,
    onProgress: OnProgress,
    cancellation?: CancellationToken,
  ): StreamedReply<R> {
    const token = randomUUID();
    const steer = async <R>(method: string, params: object) => {
      const connection = await this.lives.running();
      if (!connection) throw new ServerError("notRunning", t("The language server does not run."));
      return connection.request<R>(method, params).catch(rethrow);
    };
    return {
      token,
      result: this.stream(method, { ...params, partialResultToken: token }, token, onProgress, cancellation),
      answerNow: () => steer(Method.answerNow, { token }),
      addBudget: async (tokens) => (await steer<AddBudgetResult>(Method.addBudget, { token, tokens })).budget,
    };
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

  private async stream<R>(
    method: string,
    params: object,
    token: string,
    onProgress: OnProgress,
    cancellation?: CancellationToken,
  ): Promise<R> {
    const connection = await orCancelled(this.withModel(), cancellation);
    this.activity.begin(token);
    const subscription = connection.onReplyProgress(token, (progress) => {
      this.activity.progress(token, progress, Date.now());
      onProgress(progress);
    });
    try {
      return await connection.request<R>(method, params, cancellation).catch(rethrow);
    } finally {
      subscription.dispose();
      this.activity.end(token);
    }
  }

  /** A server that has been asked for its model, and again where that has gone without the user's doing. */
  private async withModel(): Promise<Connection> {
    const connection = await this.lives.connection();
    await this.model.asked(connection);
    return connection;
  }
}
