/** Finds out from an error which parameters an endpoint refuses. */
import { APIError } from "openai";
import { validation } from "./answers.ts";
import { contextOverflowError } from "./contextErrors.ts";
import { messageOf, statusOf } from "./errors.ts";
import type { Body } from "./request.ts";

/** Parameters that a request needs: without them there is no reply, or not the requested one. */
const NEEDED = ["model", "messages", "stream", "tools", "response_format"];
/** OpenAI's own parameters: left out only if the error names them. */
const STANDARD = ["temperature", "top_p", "seed", "stream_options", "tool_choice", "parallel_tool_calls"];
/** Token limits are often too large; then the error is not about their name. */
const LIMITS = ["max_tokens", "max_completion_tokens"];
/** How a server reports an unknown parameter without naming it. */
const UNKNOWN =
  /unrecognized|unknown|unexpected|extra(?:neous)? (?:fields?|inputs?|key)|not permitted|additional propert/i;
const UNSUPPORTED =
  /unsupported|not supported|n[o']t support|not (?:allowed|permitted|accepted|implemented|available)|unrecogni[sz]ed|unknown|unexpected|extra|deprecated|instead/i;
const TOO_LARGE = /too (?:large|big|high|many)|at most|exceed|maximum|less than|greater than|must be/i;
/** Words that mean a parameter without naming it. */
const OTHER_WORDS: Record<string, RegExp> = {
  chat_template_kwargs: /\bchat[_ -]?template\b|\benable_thinking\b/i,
  stream_options: /\binclude_usage\b|\bcontinuous_usage_stats\b/,
};

/** Which of the sent parameters an error is about; empty if it is about something else. */
export function refusedParameters(error: unknown, sent: readonly string[]): string[] {
  if (!isAboutRequest(error)) return [];
  // Some vLLMs report it as an internal error.
  const budget = "thinking_token_budget";
  if (statusOf(error) === 500 && sent.includes(budget) && messageOf(error).includes(budget)) return [budget];
  const optional = sent.filter((name) => !NEEDED.includes(name) && !LIMITS.includes(name));
  // Not the whole body, which can repeat what the user has written.
  const places = placesOf(error.error);
  const text = [error.param ?? "", ...places, messageOf(error)].join(" ");
  const limit = limitIn(sent, text, error);
  if (limit) return [limit];
  const refused = optional.filter((name) => isNamed(name, text) || OTHER_WORDS[name]?.test(text));
  // With another status, the error can be about the parameter's purpose instead of the parameter.
  if (refused.length > 0) return isRefusal(error) || UNSUPPORTED.test(text) ? refused : [];
  return isRefusal(error) && UNKNOWN.test(text) ? optional.filter((name) => !STANDARD.includes(name)) : [];
}

/** Whether the error says that a client must not begin the model's turn. */
export const refusesPrefill = (error: unknown): boolean =>
  isAboutRequest(error) &&
  /prefill|(?:last|final) (?:message|role|turn)|must end with/i.test(messageOf(error)) &&
  !contextOverflowError(error.error, messageOf(error), 0);

/**
 * Whether the error can mean that a client must not begin the model's turn. It has no code, and every server words it
 * differently.
 */
export function mayRefusePrefill(error: unknown): boolean {
  if (!isAboutRequest(error)) return false;
  if (refusesPrefill(error)) return true;
  const words = messageOf(error);
  if (isRefusal(error)) return !contextOverflowError(error.error, words, 0);
  // Templates throw, and some servers report that as an internal error.
  return (
    statusOf(error) === 500 && /prefill|last message|final message|\broles?\b|assistant|template|jinja/i.test(words)
  );
}

/** The body without refused parameters. `max_tokens` becomes `max_completion_tokens`, as OpenAI's newer models want. */
export function withoutRefused(body: Body, refused: ReadonlySet<string>): Body {
  const { max_tokens, ...rest } = body;
  const limit =
    max_tokens === undefined || !refused.has("max_tokens") ? { max_tokens } : { max_completion_tokens: max_tokens };
  const remaining = Object.entries({ ...rest, ...limit }).filter(
    ([name, value]) => value !== undefined && !refused.has(name),
  );
  const { model, messages } = body;
  return { ...Object.fromEntries(remaining), model, messages, stream: true };
}

function limitIn(sent: readonly string[], text: string, { param, code }: APIError): string | undefined {
  const name = LIMITS.find((name) => sent.includes(name));
  if (!name || !new RegExp(`\\b${name}\\b`).test(text)) return undefined;
  const isUnknown = code === "unsupported_parameter" && param === name;
  return isUnknown || (UNSUPPORTED.test(text) && !TOO_LARGE.test(text)) ? name : undefined;
}

/** Whether the status means that the request is wrong. */
const isRefusal = (error: APIError): boolean => [400, 422].includes(statusOf(error) ?? 0);

/** Whether an error can be about the request. Endpoints use many statuses for that, but never these. */
const isAboutRequest = (error: unknown): error is APIError =>
  error instanceof APIError && ![401, 402, 408, 429].includes(statusOf(error) ?? 0);

/** Whether the text has the name, in any case and spelling: `chatTemplateKwargs`. */
const isNamed = (name: string, text: string): boolean =>
  new RegExp(`\\b${name.replaceAll("_", "[_ -]?")}\\b`, "i").test(text);

/** FastAPI's `detail[].loc`: the place of the error in the body. */
function placesOf(body: unknown): string[] {
  const { data } = validation.safeParse(body);
  return data?.detail.flatMap(({ loc }) => loc.map(String)) ?? [];
}
