/** What a caller may ask of a reply: `modelOptions`, with the names of OpenAI's API and of the endpoint. Pure. */
import { t } from "@vscode/l10n";
import { BUDGETS, type Budget } from "../../media/messages.ts";
import type { Sampling, Thinking } from "../../server/protocol.ts";
import { budgetToThinking } from "../text/budgets.ts";

/** `maxTokens`: the maximum length of the answer; the thought has its own budget. */
export type ReplyOptions = { thinking: Thinking; sampling: Sampling; maxTokens?: number };
/** Options as the caller sends them: unchecked. */
export type Options = { readonly [name: string]: unknown };

/** An option has an invalid value. The message is for the caller. */
export class BadOption extends Error {}

/**
 * Combines the options of a request. Throws BadOption.
 * @param asked by the caller. Unknown names are ignored, because other models have other options.
 * @param configured in the model picker: a budget, if the user has chosen one.
 * @param settings used for everything that is missing.
 */
export function replyOptions(asked: Options, configured: Options, settings: ReplyOptions): ReplyOptions {
  const number = (name: string, least = 0) => numberOption(asked, name, least);
  const sampling: Sampling = {
    temperature: number("temperature"),
    topP: number("top_p"),
    topK: number("top_k"),
    minP: number("min_p"),
    seed: number("seed"),
    repeatPenalty: number("repeat_penalty"),
    stop: stopOption(asked.stop),
  };
  return {
    thinking: thinkingOption(asked, configuredThinking(configured) ?? settings.thinking),
    sampling: { ...settings.sampling, ...defined(sampling) },
    maxTokens: wholeOption(asked, "max_tokens", 1) ?? settings.maxTokens,
  };
}

/** The name of the setting in the model picker, and in the user's file of models. */
export const CONFIGURED = "thinking";

/** Undefined if the user has set nothing there. */
export function configuredThinking(configured: Options): Thinking | undefined {
  const budget = BUDGETS.find((budget) => budget === configured[CONFIGURED]);
  return budget && budgetToThinking(budget satisfies Budget);
}

/** `thinking`: true, false, "on" or "off". `reasoning_budget`: tokens or "unlimited"; alone it switches thinking on. */
function thinkingOption(asked: Options, otherwise: Thinking): Thinking {
  const { thinking } = asked;
  const on = [true, "on"].includes(thinking as string | boolean);
  if (thinking !== undefined && !on && ![false, "off"].includes(thinking as string | boolean))
    throw new BadOption(t("The option {0} must be {1}.", "thinking", 'true, false, "on", "off"'));
  const budget =
    asked.reasoning_budget === "unlimited" ? ("unlimited" as const) : wholeOption(asked, "reasoning_budget", 0);
  if (thinking !== undefined && !on) return { mode: "off" };
  if (budget !== undefined) return budget === 0 ? { mode: "off" } : { mode: "on", budget };
  if (!on) return otherwise;
  // Without a budget the server uses its default.
  return otherwise.mode === "on" ? otherwise : { mode: "on" };
}

function numberOption(asked: Options, name: string, least: number): number | undefined {
  const value = asked[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least)
    throw new BadOption(t("The option {0} must be a number of at least {1}.", name, least));
  return value;
}

function wholeOption(asked: Options, name: string, least: number): number | undefined {
  const value = numberOption(asked, name, least);
  if (value !== undefined && !Number.isInteger(value))
    throw new BadOption(t("The option {0} must be a whole number.", name));
  return value;
}

function stopOption(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  const texts: unknown[] = [stop].flat();
  if (!texts.every((text): text is string => typeof text === "string" && text !== ""))
    throw new BadOption(t("The option {0} must be {1}.", "stop", "texts"));
  return texts;
}

const defined = (sampling: Sampling): Sampling =>
  Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
