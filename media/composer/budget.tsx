/** How much the model may think. */
import { t } from "@vscode/l10n";
import { useEffect, useState } from "preact/hooks";
import { post } from "../host/host.ts";
import { BUDGETS, type Budget } from "../messages.ts";
import { thinkText } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";

/** The user's choice, and the budget that the host had sent before it. */
type Choice = { budget: Budget; before: Budget };

export function BudgetSelect({ budget }: { budget: Budget }) {
  const [choice, setChoice] = useState<Choice>();
  const isUnconfirmed = choice?.before === budget;
  useEffect(() => {
    if (!isUnconfirmed) setChoice(undefined);
  }, [isUnconfirmed]);
  // What the host sends before it hears of the choice does not take the choice back.
  const shown = isUnconfirmed ? choice!.budget : budget;
  return (
    <label class="budget" title={t("Thinking budget: how many tokens the model may think before it answers")}>
      <Icon name={shown === "off" ? "lightbulb-empty" : "lightbulb"} />
      <select
        aria-label={t("Thinking")}
        value={shown}
        onChange={({ currentTarget }) => {
          const next = BUDGETS.find((each) => each === currentTarget.value);
          if (!next) return;
          setChoice({ budget: next, before: budget });
          post({ type: "setBudget", budget: next });
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
