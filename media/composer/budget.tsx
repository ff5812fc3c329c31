/** Chooses how much the model may think. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import { type AgentSettings, BUDGETS, type Budget } from "../messages.ts";
import { budgetText, thinkText } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { useChoice } from "./choice.ts";

export function BudgetSelect({ budget }: { budget: Budget }) {
  return (
    <Select
      label={t("Thinking")}
      title={t("Thinking budget: how many tokens the model may think before it answers")}
      budget={budget}
      text={thinkText}
      send={(budget) => post({ type: "setBudget", budget })}
      icon
    />
  );
}

/** The agent's two budgets. */
export function AgentBudgets({ agent: { plan, step } }: { agent: AgentSettings }) {
  return (
    <>
      <Select
        label={t("Thinking in the first step")}
        title={t("Thinking budget of the first step, in which the agent makes its plan")}
        budget={plan}
        text={(budget) => t("Plan {0}", budgetText(budget))}
        send={(budget) => post({ type: "setAgentBudget", which: "plan", budget })}
      />
      <Select
        label={t("Thinking in each further step")}
        title={t("Thinking budget of each further step")}
        budget={step}
        text={(budget) => t("Step {0}", budgetText(budget))}
        send={(budget) => post({ type: "setAgentBudget", which: "step", budget })}
      />
    </>
  );
}

type Props = {
  label: string;
  title: string;
  budget: Budget;
  text: (budget: Budget) => string;
  send: (budget: Budget) => void;
  icon?: boolean;
};

function Select({ label, title, budget, text, send, icon }: Props) {
  const [shown, choose] = useChoice(budget, send);
  return (
    <label class={icon ? "budget" : "budget plain"} title={title}>
      {icon && <Icon name={shown === "off" ? "lightbulb-empty" : "lightbulb"} />}
      <select
        aria-label={label}
        value={shown}
        onChange={({ currentTarget }) => {
          const next = BUDGETS.find((each) => each === currentTarget.value);
          if (next) choose(next);
        }}
      >
        {BUDGETS.map((each) => (
          <option key={each} value={each}>
            {text(each)}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </label>
  );
}
