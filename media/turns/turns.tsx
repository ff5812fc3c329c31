/** The turns of the conversation. An unchanged turn is not drawn again. */
import { t } from "@vscode/l10n";
import { Fragment } from "preact";
import { useMemo } from "preact/hooks";
import type { Turn } from "../messages.ts";
import { Question } from "./question.tsx";
import { ReplyView } from "./reply.tsx";

type Editing = {
  /** A reply is running, here or in another turn: questions cannot be changed. */
  running: boolean;
  /** The turn whose question is being edited. */
  editing: string | undefined;
  edit: (turn: string) => void;
  endEditing: () => void;
};

export function Turns({ turns, ...props }: Editing & { turns: Turn[] }) {
  const dropped = turns.findLastIndex((turn) => turn.dropped);
  return (
    <>
      {turns.map((turn, index) => (
        <Fragment key={turn.id}>
          <TurnView {...props} turn={turn} last={index === turns.length - 1} />
          {index === dropped && <div class="divider">{t("No longer sent to the model")}</div>}
        </Fragment>
      ))}
    </>
  );
}

function TurnView({ turn, last, running, editing, edit, endEditing }: Editing & { turn: Turn; last: boolean }) {
  const edited = editing === turn.id;
  return useMemo(
    () => (
      <section
        class={`turn ${turn.dropped ? "dropped" : ""} ${running && !last ? "resting" : ""}`}
        aria-label={t("Question and answer")}
      >
        <Question turn={turn} edited={edited} canEdit={!running} edit={() => edit(turn.id)} endEditing={endEditing} />
        <ReplyView turn={turn} last={last} running={running} />
      </section>
    ),
    [turn, last, running, edited, edit, endEditing],
  );
}
