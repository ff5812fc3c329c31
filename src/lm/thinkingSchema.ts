/** The thinking budget as a setting of the model, beside its name in VS Code's model picker. */
import { t } from "@vscode/l10n";
import { BUDGETS } from "../../media/messages.ts";
import { budgetLabel } from "../budgets.ts";
import { CONFIGURED } from "./options.ts";

/** What is meant when the user has set nothing there. */
const BY_SETTINGS = "settings";

/** A JSON schema. `group`, `enumItemLabels`: as VS Code's picker reads them (LanguageModelConfigurationSchema, 1.139). */
export function thinkingSchema(): object {
  const labels = BUDGETS.map(budgetLabel);
  const thinking = {
    type: "string",
    title: t("Thinking budget"),
    description: t("How much the model may think before it answers, in tokens."),
    group: "navigation",
    enum: [BY_SETTINGS, ...BUDGETS],
    enumItemLabels: [t("Thinking as set"), ...labels.map(({ label }) => label)],
    enumDescriptions: [t("as the settings say for chats"), ...labels.map(({ description }) => description)],
    default: BY_SETTINGS,
  };
  return { type: "object", properties: { [CONFIGURED]: thinking } };
}
