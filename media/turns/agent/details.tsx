/** What belongs to an open row: its thought, arguments, output, diff. All of it is text. */
import { t } from "@vscode/l10n";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { AgentDetail, AgentRow } from "../../agent.ts";
import { CodeBlock } from "../../highlight/codeBlock.ts";
import { Pace } from "../pace.ts";
import { scrollable, ThoughtText, thoughtFor } from "../thought.tsx";

/** The row's thought once it has ended; undefined if there is nothing to read. */
export const endedThought = ({ thought }: AgentRow) =>
  thought && !thought.running && thought.text.trim() !== "" ? thought : undefined;

export function Details({ row }: { row: AgentRow }) {
  const { state, details } = row;
  const thought = endedThought(row);
  return (
    <div class="details">
      {thought && (
        <div class="thought">
          <div class="thought-title">{thoughtFor(thought.ms, thought.tokens)}</div>
          <ThoughtText text={thought.text} />
        </div>
      )}
      {details.map(({ kind, text }, index) =>
        kind === "text" ? (
          <div key={index} ref={scrollable} class="detail-text" dir="auto">
            {text}
          </div>
        ) : (
          <Block key={`${index} ${kind}`} kind={kind} text={text} final={state !== "running"} />
        ),
      )}
    </div>
  );
}

type BlockKind = Exclude<AgentDetail["kind"], "text">;
const LANGUAGES: Record<BlockKind, string> = { arguments: "json", output: "", diff: "diff" };
const titles = (): Record<BlockKind, string> => ({
  arguments: t("Arguments"),
  output: t("Output"),
  diff: t("Changes"),
});

/** A block of code that can be read and copied. It can grow. */
export function Block({ kind, text, final }: { kind: BlockKind; text: string; final: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ block: CodeBlock; pace: Pace }>(undefined);
  useLayoutEffect(() => {
    const block = new CodeBlock(LANGUAGES[kind], titles()[kind]);
    root.current!.append(block.element);
    drawn.current = { block, pace: new Pace() };
  }, []);
  useLayoutEffect(() => {
    const { block, pace } = drawn.current!;
    pace.run(() => block.show(text), final);
  }, [text, final]);
  useEffect(() => () => drawn.current?.pace.stop(), []);
  return <div ref={root} class="detail" />;
}
