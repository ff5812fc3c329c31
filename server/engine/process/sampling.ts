import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Sampling } from "../../protocol.ts";

/** How many of the last tokens a repeat penalty considers; llama.cpp's default. */
const PENALTY_TOKENS = 64;

/**
 * @param recommended values from the model card, for what the request leaves out.
 * @param recent the last tokens, for a repeat penalty; the caller appends to it.
 */
export function samplingOptions(
  sampling: Sampling = {},
  recommended: { temperature: number; topP: number },
  recent: Token[],
): SequenceEvaluateOptions {
  return {
    temperature: sampling.temperature ?? recommended.temperature,
    topP: sampling.topP ?? recommended.topP,
    // The model card sets no such limit, the library's default is 40, and its 0 sorts the whole vocabulary for each
    // token: 0.8 ms with the 9B's. Null leaves the step out.
    topK: (sampling.topK || null) as number | undefined,
    minP: sampling.minP ?? 0,
    // The library's default seed is the current second: regenerating at once would give the same reply.
    seed: sampling.seed ?? Math.floor(Math.random() * 0x7fffffff),
    ...(sampling.repeatPenalty !== undefined && sampling.repeatPenalty !== 1
      ? { repeatPenalty: { penalty: sampling.repeatPenalty, punishTokens: () => recent.slice(-PENALTY_TOKENS) } }
      : {}),
  };
}
