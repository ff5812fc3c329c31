/** Why a passage of an edit has no place: in English for the model, in the user's language for the user. */
import { t as translated } from "@vscode/l10n";
import type { EditResult } from "../../protocol.ts";
import { isBlank } from "../text/lines.ts";

export type RefusalReason = "unnamed" | "missing" | "repeated" | "overlapping" | "malformed";
/** `passage`: its first line. */
export type Refusal = { passage: string; why: RefusalReason };

export function refusal(search: readonly string[], why: RefusalReason): Refusal {
  return { passage: search.find((line) => !isBlank(line)) ?? "", why };
}

/** For the user. */
export const refusalForUser = ({ passage, why }: Refusal): EditResult["refused"][number] => ({
  passage,
  reason: reason(why, translated),
});

/** For the model. */
export const refusalForModel = ({ passage, why }: Refusal): string =>
  `- ${JSON.stringify(passage)}: ${reason(why, (text) => text)}`;

function reason(why: RefusalReason, t: (text: string) => string): string {
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
