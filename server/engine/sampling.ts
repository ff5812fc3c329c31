import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Sampling } from "../protocol.ts";

/** How many of the reply's last tokens a repeat penalty looks at; llama.cpp's default. */
const PENALTY_TOKENS = 64;

/** `recommended` by the model's card, for what the request leaves open. */
export function samplingOptions(
  sampling: Sampling = {},
  recommended: { temperature: number; topP: number },
  recent: Token[],
): SequenceEvaluateOptions {
  return {
    temperature: sampling.temperature ?? recommended.temperature,
    topP: sampling.topP ?? recommended.topP,
    // The library's own default of 40 is not the card's.
    topK: sampling.topK ?? 0,
    minP: sampling.minP ?? 0,
    // The library's default is the second of the day: regenerating at once would give the same reply.
    seed: sampling.seed ?? Math.floor(Math.random() * 0x7fffffff),
    ...(sampling.repeatPenalty !== undefined && sampling.repeatPenalty !== 1
      ? { repeatPenalty: { penalty: sampling.repeatPenalty, punishTokens: () => recent.slice(-PENALTY_TOKENS) } }
      : {}),
  };
}
