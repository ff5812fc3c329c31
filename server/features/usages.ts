import type { Usage } from "../protocol.ts";

/** Of several replies that make up one, in their order. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (count: (usage: Usage) => number) => usages.reduce((total, usage) => total + count(usage), 0);
  const generated = ({ thoughtTokens, answerTokens }: Usage) => thoughtTokens + answerTokens;
  const seconds = (usage: Usage) => (usage.tokensPerSecond > 0 ? generated(usage) / usage.tokensPerSecond : 0);
  const timed = sum((usage) => (usage.tokensPerSecond > 0 ? generated(usage) : 0));
  return {
    promptTokens: sum(({ promptTokens }) => promptTokens),
    readTokens: sum(({ readTokens }) => readTokens),
    reusedTokens: sum(({ reusedTokens }) => reusedTokens),
    thoughtTokens: sum(({ thoughtTokens }) => thoughtTokens),
    answerTokens: sum(({ answerTokens }) => answerTokens),
    firstTokenMs: usages[0]?.firstTokenMs ?? 0,
    tokensPerSecond: timed > 0 ? timed / sum(seconds) : 0,
  };
}
