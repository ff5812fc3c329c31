/** What went wrong at an endpoint, under a name and in words that lead on. Never with a key or a prompt in them. */
import { t } from "@vscode/l10n";
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { EngineError } from "../engine/engine.ts";
import { retryAfterMs } from "./client.ts";
import { connectionLost, unreachable } from "./connectionErrors.ts";
import { contextOverflow } from "./contextErrors.ts";

/** Of what an endpoint says, so much is shown, characters. */
const LONGEST_WORDS = 300;

export type Situation = {
  host: string;
  model: string;
  /** The endpoint's own words must not repeat it. */
  apiKey?: string;
  contextTokens: number;
  /** Some of the reply has come. */
  midReply: boolean;
};

/** Anything but an abort of our own, which is for the caller to tell. */
export function endpointError(error: unknown, situation: Situation): Error {
  const { host, midReply } = situation;
  if (error instanceof EngineError) return error;
  if (error instanceof APIConnectionError && !midReply)
    return unreachable(host, error instanceof APIConnectionTimeoutError ? "timeout" : error.cause);
  if (error instanceof APIError && (error.status !== undefined || error.error !== undefined))
    return answered(error, situation);
  return error instanceof SyntaxError ? noReply(host) : connectionLost(host);
}

/** It answered with an error: by status, or in the stream. */
function answered(error: APIError, situation: Situation): EngineError {
  const { host, model, apiKey } = situation;
  const status = error.status ?? (typeof error.code === "number" ? error.code : undefined);
  const words = wordsOf(error, apiKey);
  const overflow = contextOverflow(error.error, words, situation.contextTokens);
  if (overflow && (status === undefined || (status >= 400 && status < 500))) return overflow;
  switch (status) {
    case 401:
    case 403:
      return unauthorized(host, apiKey !== undefined);
    case 404:
      if (/model/i.test(words)) return unknownModel(host, model);
      break;
    case 429:
      return rateLimited(host, retryAfterMs(error.headers?.get("retry-after")));
  }
  if (status === 400 && /response_format|json_?schema|grammar/i.test(words))
    return new EngineError("badSchema", t("{0} cannot follow the response schema: {1}", host, words));
  return new EngineError(
    "endpointFailed",
    words === ""
      ? t("{0} answered with the status {1}.", host, status ?? "?")
      : t("{0} answered with the status {1}: {2}", host, status ?? "?", words),
    {
      status,
      next:
        status !== undefined && status < 500
          ? t("Look at the address and the model in the settings of the remote engine.")
          : t("Try again later, or use the local engine."),
    },
  );
}

const noReply = (host: string) =>
  new EngineError("endpointFailed", t("{0} sent something that is no reply.", host), {
    next: t("Look at the address and the model in the settings of the remote engine."),
  });

export function unauthorized(host: string, hasKey: boolean): EngineError {
  const next = t('Set it with "Nemotron: Set Remote Engine Key".');
  const message = hasKey ? t("{0} does not accept the key.", host) : t("{0} asks for a key.", host);
  return new EngineError("unauthorized", message, { next });
}

/** @param offered what there is instead. */
export function unknownModel(host: string, model: string, offered: readonly string[] = []): EngineError {
  const some = offered.slice(0, 5).join(", ");
  const list = offered.length > 5 ? `${some}, …` : some;
  return new EngineError("unknownModel", t("{0} has no model named {1}.", host, model), {
    next: list === "" ? t("Choose another model.") : t("Choose another model; there are {0}.", list),
  });
}

export function notOpenAI(host: string): EngineError {
  return new EngineError("endpointFailed", t("{0} does not answer as an OpenAI-compatible endpoint.", host), {
    next: t("The address usually ends in /v1, as http://localhost:8000/v1."),
  });
}

function rateLimited(host: string, retryAfter: number | undefined): EngineError {
  const seconds = retryAfter === undefined ? undefined : Math.ceil(retryAfter / 1000);
  return new EngineError("rateLimited", t("{0} has had too many requests.", host), {
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
    next: seconds === undefined ? t("Try again later.") : t("Try again in {0} s.", seconds),
  });
}

/**
 * What the endpoint says in words: OpenAI's `error.message`, FastAPI's `detail`. Not the whole body, which may repeat
 * what was sent.
 */
export function wordsOf({ error }: APIError, apiKey?: string): string {
  const { message, detail } = record(error);
  const said = [error, message, detail, ...(Array.isArray(detail) ? detail.map((fault) => record(fault).msg) : [])];
  const text = said.filter((part) => typeof part === "string").join(" ");
  const words = text.replace(/\s+/g, " ").trim().slice(0, LONGEST_WORDS);
  return apiKey ? words.replaceAll(apiKey, "…") : words;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
