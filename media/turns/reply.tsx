/** A reply in each of its states. */
import { t } from "@vscode/l10n";
import type { Turn } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { count } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { isRunning } from "../page/state.ts";
import { Answer } from "./answer.tsx";
import { Bar } from "./bar.tsx";
import { Footer } from "./footer.tsx";
import { Problem } from "./problem.tsx";
import { RunningThought, Thought } from "./thought.tsx";

/** @param running any reply is, so that none can be asked for again. */
export function ReplyView({ turn, last, running }: { turn: Turn; last: boolean; running: boolean }) {
  const { reply } = turn;
  const going = isRunning(reply);
  return (
    <div class="reply" aria-busy={going}>
      <h2 class="visually-hidden">{t("Answer")}</h2>
      <Progress turn={turn} />
      {reply.state !== "thinking" && reply.thought && <Thought reply={reply} />}
      {reply.answer && <Answer turn={turn.id} text={reply.answer} links={turn.links} final={!going} />}
      {reply.truncated && (
        <div class="notice">
          <Icon name="info" />
          <span class="grow">{t("The context is full: the answer ends here.")}</span>
          <CommandButton command="newChat" />
        </div>
      )}
      {!going && <Problem turn={turn} canRetry={!running} />}
      {!going && reply.state !== "failed" && <Footer turn={turn} canRegenerate={last && !running} />}
    </div>
  );
}

function Progress({ turn: { reply } }: { turn: Turn }) {
  switch (reply.state) {
    case "waiting":
      return (
        <p class="status">
          {<Spinner />}
          {t("Waiting for the model…")}
        </p>
      );
    case "reading":
      return <Reading reading={reply.reading} />;
    case "thinking":
      return <RunningThought reply={reply} />;
    default:
      return null;
  }
}

function Reading({ reading }: { reading: Turn["reply"]["reading"] }) {
  if (!reading)
    return (
      <p class="status">
        {<Spinner />}
        {t("Reading…")}
      </p>
    );
  return (
    <div class="reading">
      <p class="status">
        <Spinner />
        {t("Reading {0} of {1} tokens", count(reading.read), count(reading.total))}
      </p>
      <Bar label={t("Read of the prompt")} share={reading.read / Math.max(1, reading.total)} />
    </div>
  );
}

export function Spinner() {
  return <i class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true" />;
}
