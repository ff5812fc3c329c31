/** One row of an agent's turn: what was done, and on a click all that belongs to it. */
import { t } from "@vscode/l10n";
import { useState } from "preact/hooks";
import type { AgentRow } from "../../agent.ts";
import { post } from "../../host/host.ts";
import { Icon, IconButton, Spinner } from "../../page/icon.tsx";
import { RunningThought } from "../thought.tsx";
import { Details, endedThought } from "./details.tsx";

/** Names of codicons. */
const ICONS: Record<AgentRow["icon"], string> = {
  plan: "list-ordered",
  read: "eye",
  search: "search",
  edit: "edit",
  create: "new-file",
  run: "terminal",
  tool: "tools",
  answer: "comment",
  rewind: "discard",
  compaction: "fold",
  check: "beaker",
  said: "account",
};

type Props = { turn: string; row: AgentRow; canChange: boolean };

export function Step({ turn, row, canChange }: Props) {
  const [open, setOpen] = useState(false);
  const { icon, title, state, thought, details } = row;
  const running = state === "running";
  const opens = details.length > 0 || endedThought(row) !== undefined;
  return (
    <li class={`step ${state} ${open && opens ? "open" : ""}`}>
      <div class="step-head">
        <button
          type="button"
          class="step-toggle"
          title={title}
          disabled={!opens}
          aria-expanded={opens ? open : undefined}
          onClick={() => setOpen(!open)}
        >
          {running ? <Spinner /> : <Icon name={ICONS[icon]} />}
          <span class="step-title" dir="auto">
            {title}
          </span>
          {state === "failed" && <i class="codicon codicon-error" role="img" aria-label={t("Failed")} />}
          {opens && <Icon name={open ? "chevron-down" : "chevron-right"} />}
        </button>
        {canChange && <StepActions turn={turn} row={row} />}
      </div>
      {thought?.running && <RunningThought {...thought} />}
      {open && opens && <Details row={row} />}
    </li>
  );
}

/** They are seen while the pointer or the focus is in the row. */
function StepActions({ turn, row: { id, restorable, regenerable } }: Omit<Props, "canChange">) {
  if (!restorable && !regenerable) return null;
  return (
    <span class="step-actions">
      {restorable && (
        <IconButton
          icon="history"
          label={t("Restore Files and Chat to Before This Step")}
          onClick={() => post({ type: "restoreStep", turn, row: id })}
        />
      )}
      {regenerable && (
        <IconButton
          icon="refresh"
          label={t("Regenerate from This Step")}
          onClick={() => post({ type: "regenerateStep", turn, row: id })}
        />
      )}
    </span>
  );
}
