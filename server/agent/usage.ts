import type { Usage } from "../protocol.ts";

/** The usage before the first step. */
export const NO_USAGE: Usage = {
  promptTokens: 0,
  readTokens: 0,
  reusedTokens: 0,
  thoughtTokens: 0,
  answerTokens: 0,
  firstTokenMs: 0,
  tokensPerSecond: 0,
};

/** Adds the counts of two steps. The length of the prompt and the times are those of the later step. */
export const addUsage = (all: Usage, last: Usage): Usage => ({
  ...last,
  readTokens: all.readTokens + last.readTokens,
  reusedTokens: all.reusedTokens + last.reusedTokens,
  thoughtTokens: all.thoughtTokens + last.thoughtTokens,
  answerTokens: all.answerTokens + last.answerTokens,
});
