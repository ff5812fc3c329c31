/** Why a passage of an edit has no place: in English for the model, in the user's language for the user. */
import { t as translated } from "@vscode/l10n";
import type { EditResult } from "../../protocol.ts";
import { isBlank } from "../text/lines.ts";

/** `unnamed`: the passage is blank. `malformed`: its markers are not in order. */
export type RefusalReason = "unnamed" | "missing" | "repeated" | "overlapping" | "malformed";
/** `passage`: its first line that is not blank. */
export type Refusal = { passage: string; why: RefusalReason };

/** The refusal of a passage. `search`: the passage's lines. */
export function refusal(search: readonly string[], why: RefusalReason): Refusal {
  return { passage: search.find((line) => !isBlank(line)) ?? "", why };
}

/** The refusal in the user's language. */
export const refusalForUser = ({ passage, why }: Refusal): EditResult["refused"][number] => ({
  passage,
  reason: reason(why, translated),
});

/** The refusal in English, as an item of a list. */
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
