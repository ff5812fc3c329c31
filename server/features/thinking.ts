import type { Thinking } from "../protocol.ts";

/** What each feature does when the request does not say. Budgets are tokens. */
export const DEFAULT_THINKING = {
  chat: { mode: "on", budget: 1024 },
  explain: { mode: "on", budget: 256 },
  edit: { mode: "off" },
  writeTests: { mode: "off" },
  commitMessage: { mode: "off" },
} satisfies Record<string, Thinking>;

/** Thinking asked for without a budget gets so many tokens where the feature's default is not to think. */
const FALLBACK_BUDGET = 512;

/** The request's wish, completed by the feature's default. A budget of 0 is the same as off. */
export function thinkingOf(wish: Thinking | undefined, fallback: Thinking): Thinking {
  const { mode, budget } = wish ?? fallback;
  if (mode === "off" || budget === 0) return { mode: "off" };
  return { mode: "on", budget: budget ?? fallback.budget ?? FALLBACK_BUDGET };
}
