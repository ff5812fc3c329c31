/** The common part of all request handlers: cancellation, streaming, and errors that clients can distinguish. */
import {
  type CancellationToken,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  ProgressType,
  ResponseError,
} from "vscode-languageserver";
import type { z } from "zod";
import { EngineError } from "../engine/engine.ts";
import type { Report } from "../features/deps.ts";
import { PromptError } from "../nemotron/prompt.ts";
import { ErrorCode, type ReplyProgress } from "../protocol.ts";

const replyProgress = new ProgressType<ReplyProgress>();

/** Serves a method. Its parameters are checked, and whatever the handler throws becomes a ResponseError. */
export type Serve = <P extends object>(
  method: string,
  schema: z.ZodType<P>,
  handler: (params: P, signal: AbortSignal, report: Report) => unknown,
) => void;

type Streamed = { partialResultToken?: string | number };

/** Streams progress to the request's token. A request without a token gets only the whole reply at the end. */
export function reporter(connection: Connection, { partialResultToken }: Streamed): Report {
  if (partialResultToken === undefined) return () => {};
  return (progress) => void connection.sendProgress(replyProgress, partialResultToken, progress);
}

/** Runs a handler with a signal for its cancellation. Whatever it throws becomes a ResponseError. */
export async function respondWith<R>(
  token: CancellationToken,
  handler: (signal: AbortSignal) => R | Promise<R>,
): Promise<R> {
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => abort.abort(new Error("Cancelled")));
  if (token.isCancellationRequested) abort.abort(new Error("Cancelled"));
  try {
    return await handler(abort.signal);
  } catch (error) {
    throw responseError(error, abort.signal.aborted);
  } finally {
    subscription.dispose();
  }
}

function responseError(error: unknown, cancelled: boolean): ResponseError<unknown> {
  if (cancelled) return new ResponseError(LSPErrorCodes.RequestCancelled, "Cancelled");
  if (error instanceof ResponseError) return error;
  if (error instanceof EngineError)
    return new ResponseError(ErrorCode[error.code], error.message, { name: error.code, ...error.data });
  if (error instanceof PromptError) return new ResponseError(ErrorCodes.InvalidParams, error.message);
  return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
}
