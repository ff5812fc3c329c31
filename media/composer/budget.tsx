/** How much the model may think. */
import { post } from "../host.ts";
import { BUDGETS, type Budget } from "../messages.ts";
import { budgetName } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";

const TITLE = "How many tokens the model may think before it answers";

export function BudgetSelect({ budget }: { budget: Budget }) {
  return (
    <label class="budget" title={TITLE}>
      <Icon name={budget === "off" ? "lightbulb-empty" : "lightbulb"} />
      <select
        aria-label="Thinking"
        value={budget}
        onChange={({ currentTarget }) => {
          const chosen = BUDGETS.find((each) => each === currentTarget.value);
          if (chosen) post({ type: "setBudget", budget: chosen });
        }}
      >
        {BUDGETS.map((each) => (
          <option key={each} value={each}>
            Think {budgetName(each)}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </label>
  );
}
