/** What an agent's turn has come to: the changed files, what was checked, what is left, and what can be done now. */
import { t } from "@vscode/l10n";
import type { AgentSummary, ChangedFile } from "../../agent.ts";
import { post } from "../../host/host.ts";
import { count } from "../../page/format.ts";
import { Icon } from "../../page/icon.tsx";

/** Names of codicons. */
const ICONS: Record<AgentSummary["tone"], string> = { good: "pass", neutral: "info", bad: "warning" };

type Props = { turn: string; summary: AgentSummary; last: boolean; canChange: boolean };

/** @param last only the last turn can go on. @param canChange no reply is running. */
export function Summary({ turn, summary, last, canChange }: Props) {
  const { title, tone, changed, checked, left, canContinue, undoable } = summary;
  return (
    <section class={`summary ${tone}`} aria-label={t("What the agent did")}>
      <div class="summary-line">
        <Icon name={ICONS[tone]} />
        <strong class="grow" dir="auto">
          {title}
        </strong>
      </div>
      {changed.length > 0 && (
        <ul class="changed" aria-label={t("Changed files")}>
          {changed.map((file) => (
            <Changed key={file.path} turn={turn} file={file} />
          ))}
        </ul>
      )}
      {checked && (
        <div class="summary-line">
          <Icon name="beaker" />
          <span class="grow">{checked}</span>
        </div>
      )}
      {left.length > 0 && (
        <ul class="left" aria-label={t("What is left")}>
          {left.map((finding, index) => (
            <li key={index} class="summary-line finding">
              <Icon name="error" />
              <span class="grow" dir="auto">
                {finding}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div class="row wrap">
        {canContinue && last && (
          <Action
            label={t("Continue")}
            filled
            disabled={!canChange}
            act={() => post({ type: "continueAgent", turn })}
          />
        )}
        {undoable && (
          <>
            <Action
              label={t("Keep")}
              title={t("Keep All")}
              disabled={!canChange}
              act={() => post({ type: "keepTurn", turn })}
            />
            <Action
              label={t("Undo")}
              title={t("Undo All")}
              disabled={!canChange}
              act={() => post({ type: "undoTurn", turn })}
            />
          </>
        )}
        {changed.length > 0 && <Action label={t("Show All Changes")} act={() => post({ type: "openChanges", turn })} />}
      </div>
    </section>
  );
}

type ActionProps = { label: string; title?: string; act: () => void; filled?: boolean; disabled?: boolean };

function Action({ label, title, act, filled, disabled }: ActionProps) {
  return (
    <button
      type="button"
      class={`small-button ${filled ? "filled" : ""}`}
      title={title}
      disabled={disabled}
      onClick={act}
    >
      {label}
    </button>
  );
}

function Changed({ turn, file: { path, added, removed, created } }: { turn: string; file: ChangedFile }) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const folder = path.slice(0, -name.length).replace(/\/$/, "");
  return (
    <li>
      <button type="button" class="file-change" title={path} onClick={() => post({ type: "openChange", turn, path })}>
        <Icon name={created ? "new-file" : "file"} />
        <span class="file-name">{name}</span>
        <span class="file-folder">{folder}</span>
        {added > 0 && <span class="added">+{count(added)}</span>}
        {removed > 0 && <span class="removed">−{count(removed)}</span>}
      </button>
    </li>
  );
}
