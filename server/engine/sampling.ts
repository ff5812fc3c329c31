import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { Sampling } from "../protocol.ts";

/** How many of the reply's last tokens a repeat penalty looks at; llama.cpp's default. */
const PENALTY_TOKENS = 64;

/** The model card's sampling, for what the request leaves open: 0.6 and top-p 0.95 when thinking, greedy when not. */
export function samplingOptions(sampling: Sampling = {}, thinking: boolean, recent: Token[]): SequenceEvaluateOptions {
  return {
    temperature: sampling.temperature ?? (thinking ? 0.6 : 0),
    topP: sampling.topP ?? 0.95,
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
