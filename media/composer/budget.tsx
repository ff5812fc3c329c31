/** How much the model may think. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import { BUDGETS, type Budget } from "../messages.ts";
import { thinkText } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";

export function BudgetSelect({ budget }: { budget: Budget }) {
  return (
    <label class="budget" title={t("Thinking budget: how many tokens the model may think before it answers")}>
      <Icon name={budget === "off" ? "lightbulb-empty" : "lightbulb"} />
      <select
        aria-label={t("Thinking")}
        value={budget}
        onChange={({ currentTarget }) => {
          const chosen = BUDGETS.find((each) => each === currentTarget.value);
          if (chosen) post({ type: "setBudget", budget: chosen });
        }}
      >
        {BUDGETS.map((each) => (
          <option key={each} value={each}>
            {thinkText(each)}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </label>
  );
}
