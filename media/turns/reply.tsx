/** A reply in each of its states. */
import { t } from "@vscode/l10n";
import type { Turn } from "../messages.ts";
import { Bar } from "../page/bar.tsx";
import { count } from "../page/format.ts";
import { Spinner } from "../page/icon.tsx";
import { isRunning } from "../page/state.ts";
import { Answer } from "./answer.tsx";
import { Ending } from "./ending.tsx";
import { Footer } from "./footer.tsx";
import { Problem } from "./problem.tsx";
import { RunningThought, Thought } from "./thought.tsx";

/** @param running a reply is running, here or in another turn, so that no other one can be requested. */
export function ReplyView({ turn, last, running }: { turn: Turn; last: boolean; running: boolean }) {
  const { reply } = turn;
  const going = isRunning(reply);
  return (
    <div class="reply" aria-busy={going}>
      <h2 class="visually-hidden">{t("Answer")}</h2>
      <Progress turn={turn} />
      {reply.state !== "thinking" && reply.thought && <Thought reply={reply} />}
      {reply.answer && <Answer turn={turn.id} text={reply.answer} links={turn.links} final={!going} />}
      {!going && <Ending turn={turn} canRetry={last && !running} />}
      {!going && <Problem turn={turn} canRetry={!running} canContinue={last && !running} />}
      {!going && (reply.state !== "failed" || turn.versions) && (
        <Footer turn={turn} canChange={!running} canRegenerate={last && !running && reply.state !== "failed"} />
      )}
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
      <Bar label={t("Prompt read")} share={reading.read / Math.max(1, reading.total)} />
    </div>
  );
}
