/** A reply that was interrupted or failed: why, and what to do now. */
import { t } from "@vscode/l10n";
import type { Turn } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Icon } from "../page/icon.tsx";
import { ContinueButton, RetryButton } from "./ending.tsx";

/** @param canContinue no reply is running, and the turn is the last. */
export function Problem({ turn, canRetry, canContinue }: { turn: Turn; canRetry: boolean; canContinue: boolean }) {
  const { state, error } = turn.reply;
  if (state !== "interrupted" && state !== "failed") return null;
  const interrupted = state === "interrupted";
  return (
    <div class={`problem ${state}`}>
      <Icon name={interrupted ? "warning" : "error"} />
      <div class="grow">
        <div>{messageOf(interrupted, error?.message)}</div>
        {error?.next && <div class="next">{error.next}</div>}
        <div class="row buttons">
          {canContinue && turn.reply.answer && <ContinueButton turn={turn.id} />}
          {canRetry && <RetryButton turn={turn.id} />}
          {error?.actions.map((command) => (
            <CommandButton key={command} command={command} />
          ))}
        </div>
      </div>
    </div>
  );
}

function messageOf(interrupted: boolean, message: string | undefined): string {
  if (!interrupted) return message ?? t("Failed");
  return message === undefined ? t("Interrupted") : t("Interrupted: {0}", message);
}
