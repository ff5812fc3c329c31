/** Maps the finish reasons of many endpoints. Pure. */
import type { StopReason } from "../protocol.ts";

/**
 * OpenAI's `length`, Mistral's `model_length`, Google's `MAX_TOKENS`, Anthropic's `max_tokens` and
 * `model_context_window_exceeded`.
 */
const LENGTH = /length|context_?window|max_?(?:output_|completion_)?tokens|token_?limit/i;
/** OpenAI's `content_filter`, Google's `SAFETY` and others, Zhipu's `sensitive`, Anthropic's `refusal`. */
const FILTERED = /filter|safety|sensitive|prohibited|recitation|blocklist|spii|refus/i;
/**
 * OpenRouter's `error`, vLLM's and SGLang's `abort`, DeepSeek's `insufficient_system_resource`, Zhipu's
 * `network_error`, Google's `MALFORMED_FUNCTION_CALL` and `UNEXPECTED_TOOL_CALL`.
 */
const BROKEN = /error|fail|abort|cancel|time_?out|insufficient|interrupt|overload|malformed|unexpected/i;

/** How the reply ended. */
export type Ending = StopReason | "filtered" | "broken";

/** The reason that counts: after an unusual end some gateways send a normal one. */
export const significantFinish = (finish: string | undefined, later: string | undefined): string | undefined =>
  finish !== undefined && (FILTERED.test(finish) || BROKEN.test(finish)) ? finish : (later ?? finish);

/** An unknown reason counts as a normal end: each provider names it differently. */
export function endingOf(finish: string, called: boolean): Ending {
  if (FILTERED.test(finish)) return "filtered";
  if (BROKEN.test(finish)) return "broken";
  if (LENGTH.test(finish)) return "length";
  return called ? "toolCalls" : "stop";
}
