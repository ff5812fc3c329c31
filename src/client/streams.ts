/** Streamed replies: steering them, and resuming those that continued without this window. */
import { randomUUID } from "node:crypto";
import { t } from "@vscode/l10n";
import { type CancellationToken, CancellationTokenSource } from "vscode";
import {
  type AddBudgetResult,
  type AgentProgress,
  Method,
  type ReplyProgress,
  type ResumeResult,
} from "../../server/protocol.ts";
import { orCancelled, rethrow, ServerError } from "../errors/serverError.ts";
import type { ActivityTracker } from "./activity.ts";
import type { Connection } from "./connection.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

/** Called with each progress message of a reply, in order. */
export type OnProgress<P = ReplyProgress> = (progress: P) => void;
/** A running reply that can be steered. `result` rejects with a ServerError. */
export type StreamedReply<R> = {
  /** The request's partialResultToken. */
  readonly token: string;
  readonly result: Promise<R>;
  /** Ends the thought. Rejects with notThinking when there is none. */
  answerNow(): Promise<void>;
  /** Adds tokens to the thought's budget, and returns the new budget. Rejects with notThinking without a thought. */
  addBudget(tokens: number): Promise<AddBudgetResult["budget"]>;
};

type Request<P> = {
  method: string;
  params: object;
  onProgress: OnProgress<P>;
  cancellation?: CancellationToken;
  connect: () => Promise<Connection>;
};

export class Streams {
  private readonly lifecycle: ServerLifecycle;
  private readonly activity: ActivityTracker;

  constructor(lifecycle: ServerLifecycle, activity: ActivityTracker) {
    this.lifecycle = lifecycle;
    this.activity = activity;
  }

  begin<R, P extends ReplyProgress | AgentProgress>(request: Request<P>): StreamedReply<R> {
    const token = randomUUID();
    const steer = async <R>(method: string, params: object) => {
      const connection = await this.lifecycle.running();
      if (!connection) throw new ServerError("notRunning", t("The language server is not running."));
      return connection.request<R>(method, params).catch(rethrow);
    };
    return {
      token,
      result: this.follow(token, request),
      answerNow: () => steer(Method.answerNow, { token }),
      addBudget: async (tokens) => (await steer<AddBudgetResult>(Method.addBudget, { token, tokens })).budget,
    };
  }

  /** Rejects with noReply, with notRunning if the server was given up, or as the reply itself does. */
  resume(replyId: string, onProgress: OnProgress, cancellation?: CancellationToken): StreamedReply<ResumeResult> {
    const connect = async () => {
      const connection = await this.lifecycle.revived();
      // The user stopped it while it was connecting, but the reply itself continues.
      if (cancellation?.isCancellationRequested) void abandon(connection, replyId);
      return connection;
    };
    return this.begin({ method: Method.resume, params: { replyId }, onProgress, cancellation, connect });
  }

  private async follow<R, P extends ReplyProgress | AgentProgress>(token: string, request: Request<P>): Promise<R> {
    const { method, params, onProgress, cancellation, connect } = request;
    const connection = await orCancelled(connect(), cancellation);
    this.activity.begin(token);
    const subscription = connection.onReplyProgress<P>(token, (progress) => {
      this.activity.progress(token, progress, Date.now());
      onProgress(progress);
    });
    try {
      const streamed = { ...params, partialResultToken: token };
      return await connection.request<R>(method, streamed, cancellation).catch(rethrow);
    } finally {
      subscription.dispose();
      this.activity.end(token);
    }
  }
}

/** Stops a reply. The language client never sends a request that was cancelled before. */
async function abandon(connection: Connection, replyId: string): Promise<void> {
  const partialResultToken = randomUUID();
  const source = new CancellationTokenSource();
  const subscription = connection.onReplyProgress(partialResultToken, () => source.cancel());
  try {
    await connection.request(Method.resume, { replyId, partialResultToken }, source.token);
  } catch {
    // It is over already.
  } finally {
    subscription.dispose();
    source.dispose();
  }
}
