/** A reply in each of its states. */
import { t } from "@vscode/l10n";
import type { Turn } from "../messages.ts";
import { Bar } from "../page/bar.tsx";
import { count } from "../page/format.ts";
import { Spinner } from "../page/icon.tsx";
import { isRunning } from "../page/state.ts";
import { Steps } from "./agent/steps.tsx";
import { Summary } from "./agent/summary.tsx";
import { Answer } from "./answer.tsx";
import { Ending } from "./ending.tsx";
import { Footer } from "./footer.tsx";
import { Problem } from "./problem.tsx";
import { RunningThought, Thought } from "./thought.tsx";

/** @param running a reply is running, here or in another turn, so that no other one can be requested. */
export function ReplyView({ turn, last, running }: { turn: Turn; last: boolean; running: boolean }) {
  const { reply, agent } = turn;
  const going = isRunning(reply);
  return (
    <div class="reply" aria-busy={going}>
      <h2 class="visually-hidden">{t("Answer")}</h2>
      {agent && <Steps turn={turn.id} rows={agent.rows} canChange={!running} />}
      <Progress turn={turn} />
      {!agent && reply.state !== "thinking" && reply.thought && <Thought reply={reply} />}
      {reply.answer && <Answer turn={turn.id} text={reply.answer} links={turn.links} final={!going} />}
      {!going && !agent && <Ending turn={turn} canRetry={last && !running} />}
      {!going && <Problem turn={turn} canRetry={!agent && !running} canContinue={!agent && last && !running} />}
      {!going && agent?.summary && <Summary turn={turn.id} summary={agent.summary} last={last} canChange={!running} />}
      {!going && (reply.state !== "failed" || turn.versions) && (
        <Footer
          turn={turn}
          canChange={!running}
          canRegenerate={!agent && last && !running && reply.state !== "failed"}
        />
      )}
    </div>
  );
}

/** Of an agent's thought, its row tells. */
function Progress({ turn: { reply, agent } }: { turn: Turn }) {
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
      if (agent) return null;
      return (
        <RunningThought text={reply.thought} tokens={reply.thoughtTokens} ms={reply.thoughtMs} budget={reply.budget} />
      );
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
