/** Why an answer ended early or is empty, and what to do then. */
import { t } from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import { post } from "../host/host.ts";
import type { Reply, Turn } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Icon } from "../page/icon.tsx";

/** @param canRetry no reply is running, and the turn is the last. */
export function Ending({ turn, canRetry }: { turn: Turn; canRetry: boolean }) {
  const { reply } = turn;
  const empty = reply.state === "done" && reply.answer.trim() === "";
  const retry = canRetry && <RetryButton turn={turn.id} />;
  if (reply.cut === "context")
    return <Notice text={contextFull(empty)} actions={<CommandButton command="newChat" />} />;
  if (reply.cut === "length" && !empty)
    return (
      <Notice
        text={t("The answer reached its length limit.")}
        actions={canRetry && <ContinueButton turn={turn.id} />}
      />
    );
  if (reply.cut === "length")
    return <Notice text={t("The length limit was reached before the answer began.")} actions={retry} />;
  if (empty) return <Notice text={nothing(reply)} actions={retry} />;
  return null;
}

const contextFull = (empty: boolean) =>
  empty ? t("The context is full: there was no room for an answer.") : t("The context is full: the answer ends here.");

const nothing = ({ thought }: Reply) =>
  thought.trim() ? t("The model thought but gave no answer.") : t("The answer was empty.");

function Notice({ text, actions }: { text: string; actions: ComponentChildren }) {
  return (
    <div class="notice">
      <Icon name="info" />
      <span class="grow">{text}</span>
      {actions}
    </div>
  );
}

/** Asks for another reply to the question. */
export function RetryButton({ turn }: { turn: string }) {
  return (
    <button type="button" class="small-button" onClick={() => post({ type: "regenerate", turn })}>
      {t("Retry")}
    </button>
  );
}

/** Asks for the rest of the answer. */
export function ContinueButton({ turn }: { turn: string }) {
  return (
    <button
      type="button"
      class="small-button"
      title={t("Continue from the end of the answer")}
      onClick={() => post({ type: "continue", turn })}
    >
      {t("Continue")}
    </button>
  );
}
