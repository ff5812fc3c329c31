/** A reply that was stopped, interrupted or failed: why, and what to do now. */
import { post } from "../host.ts";
import type { Turn } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Icon } from "../page/icon.tsx";

export function Problem({ turn, canRetry }: { turn: Turn; canRetry: boolean }) {
  const { state, error } = turn.reply;
  if (state === "stopped") return <p class="status">{<Icon name="debug-stop" />}Stopped</p>;
  if (state !== "interrupted" && state !== "failed") return null;
  const what = state === "interrupted" ? "Interrupted" : "Failed";
  return (
    <div class={`problem ${state}`}>
      <Icon name={state === "failed" ? "error" : "warning"} />
      <div class="grow">
        <div>{error ? (state === "interrupted" ? `${what}: ${error.message}` : error.message) : what}</div>
        {error?.next && <div class="next">{error.next}</div>}
        <div class="row buttons">
          {canRetry && (
            <button type="button" class="small-button" onClick={() => post({ type: "regenerate", turn: turn.id })}>
              Retry
            </button>
          )}
          {error?.actions.map((command) => (
            <CommandButton key={command} command={command} />
          ))}
        </div>
      </div>
    </div>
  );
}
