import type { Thinking } from "../protocol.ts";

/** Each feature's default thinking. Budgets are in tokens. */
export const DEFAULT_THINKING = {
  chat: { mode: "on", budget: 1024 },
  explain: { mode: "on", budget: 256 },
  edit: { mode: "off" },
  writeTests: { mode: "off" },
  commitMessage: { mode: "off" },
} satisfies Record<string, Thinking>;

/** Budget for a request that asks for thinking without a budget, tokens, if the feature does not think by default. */
const FALLBACK_BUDGET = 512;

/** The request's settings, completed by the feature's default. A budget of 0 means off. */
export function thinkingOf(wish: Thinking | undefined, fallback: Thinking): Thinking {
  const { mode, budget } = wish ?? fallback;
  if (mode === "off" || budget === 0) return { mode: "off" };
  return { mode: "on", budget: budget ?? fallback.budget ?? FALLBACK_BUDGET };
}
