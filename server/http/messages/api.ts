/** `POST /v1/messages` and `/v1/messages/count_tokens`: Anthropic's API. */
import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import type { ApiError } from "../exchange/errors.ts";
import {
  type Api,
  abortWith,
  checkModel,
  type Env,
  type ExchangeDeps,
  namedEvent,
  readJson,
} from "../exchange/exchange.ts";
import { loadedModel } from "../exchange/models.ts";
import { parseBody, parseCount } from "./body.ts";
import { eventsOf, messageOf } from "./reply.ts";
import { isSingleCall, promptOf, requestOf } from "./request.ts";

export const messages: Api = {
  read: (given) => {
    const body = parseBody(given);
    const singleCall = isSingleCall(body);
    return {
      model: body.model,
      streams: body.stream === true,
      request: requestOf(body),
      whole: (events, { id: model }) => messageOf(events, { model, singleCall }),
      chunks: (events, { id: model }) => eventsOf(events, { model, singleCall }),
      failed: errorBody,
    };
  },
  frame: namedEvent,
  end: "",
};

/** Counts a prompt's tokens. Throws ApiError, EngineError, PromptError. */
export async function countTokens(c: Context<Env>, deps: ExchangeDeps): Promise<Response> {
  deps.counting.check();
  const body = parseCount(await readJson(c, deps));
  checkModel(deps, loadedModel(deps.engine), body.model);
  const { messages, tools, thinking } = promptOf(body);
  const { signal } = abortWith(c, deps.closing);
  const endTurn = await deps.counting.enter(signal);
  try {
    return c.json({ input_tokens: await deps.engine.countPrompt({ messages, tools, thinking }, signal) });
  } finally {
    endTurn();
  }
}

/** https://docs.anthropic.com/en/api/errors */
const TYPES: Partial<Record<ApiError["status"], string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  503: "overloaded_error",
};

/** An error in the form of Anthropic's API. */
export function errorBody({ status, code, message }: ApiError) {
  // Clients know by these words that they must shorten the conversation.
  const said = code === "context_length_exceeded" ? `prompt is too long: ${message}` : message;
  const type = TYPES[status] ?? "invalid_request_error";
  return { type: "error", error: { type, message: said }, request_id: `req_${randomBytes(12).toString("hex")}` };
}
