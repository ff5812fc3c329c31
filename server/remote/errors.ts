/** Converts errors of an endpoint to named errors with advice. They never contain a key or a prompt. */
import { t } from "@vscode/l10n";
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { EngineError } from "../engine/engine.ts";
import { quotedWords } from "../shared/displayText.ts";
import { retryAfterMs } from "./client.ts";
import { connectionLostError, unreachableError } from "./connectionErrors.ts";
import { contextOverflowError } from "./contextErrors.ts";
import { errorEndMessage, NoReply, noReplyError } from "./noReply.ts";

export type ErrorContext = {
  host: string;
  model: string;
  /** Removed from the endpoint's own message. */
  apiKey?: string;
  contextTokens: number;
  /** A part of the reply has arrived. */
  midReply: boolean;
};

/** Converts any error but an abort by the caller, which the caller reports. */
export function endpointError(error: unknown, situation: ErrorContext): Error {
  const { host, midReply } = situation;
  if (error instanceof EngineError) return error;
  if (error instanceof APIConnectionError && !midReply)
    return unreachableError(host, error instanceof APIConnectionTimeoutError ? "timeout" : error.cause);
  if (error instanceof APIError && (error.status !== undefined || error.error !== undefined))
    return answeredError(error, situation);
  return error instanceof NoReply ? noReplyError(host, error) : connectionLostError(host);
}

/** The answer's status. For an error in a stream, or in an answer with a success status: the one in its `code`. */
export function statusOf({ status, code }: APIError): number | undefined {
  const named: unknown = code;
  const number = typeof named === "string" && /^\d{3}$/.test(named) ? Number(named) : named;
  return status ?? (typeof number === "number" ? number : undefined);
}

/** The endpoint answered with an error, by status or in the stream. */
function answeredError(error: APIError, situation: ErrorContext): EngineError {
  const { host, model, apiKey } = situation;
  const status = statusOf(error);
  const words = messageOf(error, apiKey);
  const overflow = contextOverflowError(error.error, words, situation.contextTokens);
  if (overflow && (status === undefined || (status >= 400 && status < 500))) return overflow;
  switch (status) {
    case 401:
      return unauthorizedError(host, apiKey !== undefined);
    case 403:
      return words === "" ? unauthorizedError(host, apiKey !== undefined) : forbidden(host, words);
    case 404:
      if (/model/i.test(words)) return unknownModelError(host, model);
      break;
    case 429:
      return rateLimited(host, retryAfterMs(error.headers));
  }
  if (status === 400 && /response_format|json_?schema|grammar/i.test(words))
    return new EngineError("badSchema", t("{0} cannot follow the response schema: {1}", host, words));
  const seconds = secondsOf(retryAfterMs(error.headers));
  const isTheirs = status === undefined || status >= 500;
  const later = t("Try again later, or use the local engine.");
  return new EngineError("endpointFailed", failedWith(host, status, words), {
    status,
    next: isTheirs
      ? seconds === undefined
        ? later
        : t("Try again in {0} s.", seconds)
      : t("Check the address and the model in the settings of the remote engine."),
  });
}

function failedWith(host: string, status: number | undefined, words: string): string {
  if (status === undefined) return errorEndMessage(host, words);
  return words === ""
    ? t("{0} answered with status {1}.", host, status)
    : t("{0} answered with status {1}: {2}", host, status, words);
}

function forbidden(host: string, words: string): EngineError {
  return new EngineError("unauthorized", t("{0} refuses access: {1}", host, words), {
    next: t("Check what your key and your account may use there."),
  });
}

function unauthorizedError(host: string, hasKey: boolean): EngineError {
  const next = t('Set it with "Nemotron: Set Remote Engine Key".');
  const message = hasKey ? t("{0} does not accept the key.", host) : t("{0} requires a key.", host);
  return new EngineError("unauthorized", message, { next });
}

/** EngineError unknownModel. @param offered the models that the endpoint has instead. */
export function unknownModelError(host: string, model: string, offered: readonly string[] = []): EngineError {
  const some = offered.slice(0, 5).join(", ");
  const list = offered.length > 5 ? `${some}, …` : some;
  return new EngineError("unknownModel", t("{0} has no model named {1}.", host, model), {
    next: list === "" ? t("Choose another model.") : t("Choose another model. Available: {0}.", list),
  });
}

/** EngineError endpointFailed: something answers, but with another API. */
export function notOpenAIError(host: string): EngineError {
  return new EngineError("endpointFailed", t("{0} does not respond like an OpenAI-compatible endpoint.", host), {
    next: t("The address usually ends in /v1, for example http://localhost:8000/v1."),
  });
}

/** EngineError endpointFailed: the address leads to a web page. */
export function webPageError(host: string): EngineError {
  return new EngineError(
    "endpointFailed",
    t("At this address, {0} has a web page instead of an OpenAI-compatible endpoint.", host),
    {
      next: t("The address usually ends in /v1, for example http://localhost:8000/v1."),
    },
  );
}

function rateLimited(host: string, retryAfter: number | undefined): EngineError {
  const seconds = secondsOf(retryAfter);
  return new EngineError("rateLimited", t("{0} received too many requests.", host), {
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
    next: seconds === undefined ? t("Try again later.") : t("Try again in {0} s.", seconds),
  });
}

/**
 * The endpoint's message: OpenAI's `error.message`, or FastAPI's `detail`. Not the whole body, which can repeat what
 * was sent.
 */
export const messageOf = ({ error }: APIError, apiKey?: string): string => quotedWords(textOf(error), apiKey);

function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) return "";
  const { message, detail, msg, error, errors, error_msg, error_description, title, reason, base_resp, status_msg } =
    record(body);
  const faults = Array.isArray(detail) ? detail.map((fault) => record(fault).msg) : [detail];
  const texts = [
    message,
    ...faults,
    msg,
    error_msg,
    error_description,
    reason,
    status_msg,
    ...(Array.isArray(errors) ? errors : []),
  ]
    .map(textOf)
    .filter((text) => text !== "");
  // These can be mere names: they count only if there is no other text.
  return texts.length > 0
    ? [...new Set(texts)].join(" ")
    : ([error, base_resp, title].map(textOf).find((text) => text !== "") ?? "");
}

const secondsOf = (ms: number | undefined) => (ms === undefined ? undefined : Math.ceil(ms / 1000));

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
