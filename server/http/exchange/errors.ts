/** Errors in the form of OpenAI's API, which clients expect. */
import { EngineError } from "../../engine/engine.ts";
import { PromptError } from "../../nemotron/prompt.ts";
import type { ErrorName } from "../../protocol.ts";

/** OpenAI's error object. */
export type ErrorBody = {
  error: { message: string; type: string; param: string | null; code: string | null };
};

type Status = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 417 | 429 | 431 | 500 | 503;
type Facts = { code?: string; param?: string; retryAfterS?: number };

/** https://platform.openai.com/docs/guides/error-codes */
const TYPES: Partial<Record<Status, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
  500: "server_error",
  503: "server_error",
};

/** Retry-After if the time is unknown, seconds: short, for clients that wait automatically. */
const RETRY_AFTER_S = 5;

/** An error that is sent to the client. */
export class ApiError extends Error {
  readonly status: Status;
  readonly code: string | null;
  /** The parameter that caused it, `messages[0].content`. */
  readonly param: string | null;
  /** The Retry-After header, seconds. Every 429 and 503 has one. */
  readonly retryAfterS: number | undefined;

  constructor(status: Status, message: string, { code, param, retryAfterS }: Facts = {}) {
    super(message);
    this.status = status;
    this.code = code ?? null;
    this.param = param ?? null;
    this.retryAfterS = retryAfterS ?? (status === 503 || status === 429 ? RETRY_AFTER_S : undefined);
  }

  get body(): ErrorBody {
    const type = TYPES[this.status] ?? "invalid_request_error";
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}

/** The engine's errors that a request can end with. All others are bugs, and become 500. */
const ENGINE_ERRORS: Partial<Record<ErrorName, { status: Status; code: string; param?: string }>> = {
  contextOverflow: { status: 400, code: "context_length_exceeded", param: "messages" },
  badSchema: { status: 400, code: "invalid_schema" },
  noModel: { status: 503, code: "model_not_loaded" },
  loadFailed: { status: 503, code: "model_not_loaded" },
  badCall: { status: 500, code: "invalid_tool_call" },
  engineCrashed: { status: 500, code: "engine_crashed" },
  rateLimited: { status: 429, code: "rate_limit_exceeded" },
  unreachable: { status: 503, code: "engine_unreachable" },
  endsEngine: { status: 400, code: "request_ends_engine", param: "messages" },
};

/** Converts any error of a request. An unknown error becomes 500 without details. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof PromptError) return new ApiError(400, `${error.message}.`, { param: "messages" });
  if (error instanceof EngineError) {
    const { status, ...facts } = ENGINE_ERRORS[error.code] ?? { status: 500 as const };
    const { next, retryAfterMs: ms } = error.data;
    const more = typeof next === "string" && !error.message.includes(next) ? ` ${next}` : "";
    return new ApiError(status, error.message + more, {
      ...facts,
      ...(typeof ms === "number" && { retryAfterS: Math.ceil(ms / 1000) }),
    });
  }
  return new ApiError(500, "The server failed to answer this request.", { code: "internal_error" });
}
