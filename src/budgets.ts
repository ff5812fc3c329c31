/** Thinking as the settings word it, and what the server is asked for. Pure: no editor in here. */

import { t } from "@vscode/l10n";
import type { Budget } from "../media/messages.ts";
import type { Thinking } from "../server/protocol.ts";
import { numberText } from "./locale.ts";

/** What thinking is set for, one budget each. */
export const ACTIONS = ["chat", "explain", "edit", "refactor"] as const;
export type Action = (typeof ACTIONS)[number];

export function budgetToThinking(budget: Budget): Thinking {
  if (budget === "off") return { mode: "off" };
  return { mode: "on", budget: budget === "unlimited" ? budget : Number(budget) };
}

/** As it is shown where there is room for a word: `off`, `512`, `1K`, `∞`. */
export function shortBudget(budget: Budget): string {
  if (budget === "off") return t("off");
  if (budget === "unlimited") return "∞";
  return Number(budget) >= 1024 ? `${Number(budget) / 1024}K` : budget;
}

/** As a list shows it, with what it means. */
export function budgetLabel(budget: Budget): { label: string; description: string } {
  if (budget === "off") return { label: t("Off"), description: t("answers at once") };
  if (budget === "unlimited") return { label: t("Unlimited"), description: t("thinks until it is done") };
  return { label: shortBudget(budget), description: t("thinks for up to {0} tokens", numberText(Number(budget))) };
}

/** What the switch leads to: thinking on leads off; otherwise it is on, with a budget that lets it think. */
export function toggled(chat: Budget, usual: Budget): { mode: Thinking["mode"]; chat?: Budget } {
  return chat === "off" ? { mode: "on", chat: usual === "off" ? "1024" : usual } : { mode: "off" };
}
