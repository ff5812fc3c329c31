/** Why a passage of an edit has no place: the model is told in English, the user in their own language. */
import { t as translated } from "@vscode/l10n";
import type { EditResult } from "../protocol.ts";
import { isBlank } from "./lines.ts";

export type Why = "unnamed" | "missing" | "repeated" | "overlapping" | "malformed";
/** `passage`: its first line. */
export type Refusal = { passage: string; why: Why };

export function refusal(search: readonly string[], why: Why): Refusal {
  return { passage: search.find((line) => !isBlank(line)) ?? "", why };
}

/** For the user. */
export const toldToUser = ({ passage, why }: Refusal): EditResult["refused"][number] => ({
  passage,
  reason: reason(why, translated),
});

/** For the model. */
export const toldToModel = ({ passage, why }: Refusal): string =>
  `- ${JSON.stringify(passage)}: ${reason(why, (text) => text)}`;

function reason(why: Why, t: (text: string) => string): string {
  switch (why) {
    case "unnamed":
      return t("it does not say which lines it replaces");
    case "missing":
      return t("it is not in the selected code");
    case "repeated":
      return t("it is there more than once");
    case "overlapping":
      return t("it overlaps with another passage");
    case "malformed":
      return t("its markers are not in order");
    default:
      return why satisfies never;
  }
}
