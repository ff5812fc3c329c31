/** The thought: its last words and its buttons while it runs, folded afterwards. */
import { t } from "@vscode/l10n";
import { useState } from "preact/hooks";
import { post } from "../host/host.ts";
import { MORE_TOKENS, type Reply } from "../messages.ts";
import { Bar } from "../page/bar.tsx";
import { count, tokens as inTokens, seconds } from "../page/format.ts";
import { Icon, Spinner } from "../page/icon.tsx";

/** Characters of the running thought that are shown. */
const TAIL = 400;

/** `tokens`: so far. `ms`: the time that it has taken so far. */
type Running = { text: string; tokens: number; ms: number; budget: Reply["budget"] };

/** The last words, with buttons to end the thought or to extend its budget. */
export function RunningThought({ text, tokens, ms, budget }: Running) {
  const limited = budget !== "unlimited";
  const amount = limited ? t("{0} of {1}", count(tokens), count(budget)) : count(tokens);
  return (
    <div class="thought">
      <div class="row wrap">
        <span class="thought-title">
          <Spinner />
          <span>{t("Thinking · {0} · {1}", seconds(ms), amount)}</span>
        </span>
        <span class="row">
          <button
            type="button"
            class="small-button"
            title={t("Stop thinking and answer with what it has so far")}
            onClick={() => post({ type: "answerNow" })}
          >
            {t("Answer Now")}
          </button>
          {limited && (
            <button
              type="button"
              class="small-button"
              title={t("Let the model think {0} tokens longer", MORE_TOKENS)}
              onClick={() => post({ type: "addBudget", tokens: MORE_TOKENS })}
            >
              +{MORE_TOKENS}
            </button>
          )}
        </span>
      </div>
      {limited && <Bar label={t("Thinking budget used")} share={tokens / Math.max(1, budget)} />}
      <div class="thought-tail">
        <div dir="auto">{tail(text)}</div>
      </div>
    </div>
  );
}

/** The end of the thought, from the beginning of a word. */
function tail(thought: string): string {
  if (thought.length <= TAIL) return thought.trim();
  return `…${thought
    .slice(-TAIL)
    .replace(/^\S*\s+/, "")
    .trim()}`;
}

/** The finished thought, folded until the user opens it. */
export function Thought({ reply: { thought, thoughtTokens, thoughtMs } }: { reply: Reply }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="thought">
      <button type="button" class="thought-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "chevron-down" : "chevron-right"} />
        {thoughtFor(thoughtMs, thoughtTokens)}
      </button>
      {open && <ThoughtText text={thought} />}
    </div>
  );
}

/** The whole thought. */
export function ThoughtText({ text }: { text: string }) {
  return (
    <section ref={scrollable} class="thought-text" dir="auto" aria-label={t("Thought")}>
      {text.trim()}
    </section>
  );
}

/** What a thought has cost, in words. @param ms the time that it took. */
export const thoughtFor = (ms: number, tokens: number) => t("Thought for {0} · {1}", seconds(ms), inTokens(tokens));

/** Lets the keyboard scroll the element. */
export function scrollable(element: HTMLElement | null): void {
  if (element) element.tabIndex = 0;
}
