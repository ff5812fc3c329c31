/** The steps of an agent's turn, a row each. Only rows that have changed are drawn. */
import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { AgentRow } from "../../agent.ts";
import { Step } from "./step.tsx";

/** @param canChange no reply is running: files and conversation can go back to a step. */
export function Steps({ turn, rows, canChange }: { turn: string; rows: AgentRow[]; canChange: boolean }) {
  // Preact skips what is the same object as before, without a call for each row.
  const drawn = useMemo(() => new WeakMap<AgentRow, VNode>(), [turn, canChange]);
  const step = (row: AgentRow) => {
    const known = drawn.get(row) ?? <Step key={row.id} turn={turn} row={row} canChange={canChange} />;
    drawn.set(row, known);
    return known;
  };
  return (
    <ul class="steps" aria-label={t("Steps")} onKeyDown={pressed}>
      {rows.map(step)}
    </ul>
  );
}

/** The arrow keys, Home and End move between the rows. */
function pressed(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(".step-toggle:enabled")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || target === undefined) return;
  all[target]?.focus();
  event.preventDefault();
}
