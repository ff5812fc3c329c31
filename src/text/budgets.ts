/** Thinking budgets as the settings name them, and as the server takes them. Pure. */

import { t } from "@vscode/l10n";
import type { Budget } from "../../media/messages.ts";
import type { Thinking } from "../../server/protocol.ts";
import { numberText } from "./locale.ts";

/** The actions that have a thinking budget of their own. */
export const ACTIONS = ["chat", "explain", "edit", "refactor", "plan", "step"] as const;
export type Action = (typeof ACTIONS)[number];

/** A budget as the server takes it. Numbers are tokens. */
export function budgetToThinking(budget: Budget): Thinking {
  if (budget === "off") return { mode: "off" };
  return { mode: "on", budget: budget === "unlimited" ? budget : Number(budget) };
}

/** The short form: `off`, `512`, `1K`, `∞`. */
export function shortBudget(budget: Budget): string {
  if (budget === "off") return t("off");
  if (budget === "unlimited") return "∞";
  return Number(budget) >= 1024 ? `${Number(budget) / 1024}K` : budget;
}

/** The budget and its meaning, for a list. */
export function budgetLabel(budget: Budget): { label: string; description: string } {
  if (budget === "off") return { label: t("Off"), description: t("answers at once") };
  if (budget === "unlimited") return { label: t("Unlimited"), description: t("thinks until it is done") };
  return { label: shortBudget(budget), description: t("thinks for up to {0} tokens", numberText(Number(budget))) };
}

/** The settings after a toggle: off if thinking is on; otherwise on, with a budget other than off. */
export function toggledThinking(chat: Budget, usual: Budget): { mode: Thinking["mode"]; chat?: Budget } {
  return chat === "off" ? { mode: "on", chat: usual === "off" ? "1024" : usual } : { mode: "off" };
}
