/** The thought: while it runs its last words and what can be done about it, afterwards folded away. */
import { t } from "@vscode/l10n";
import { useState } from "preact/hooks";
import { post } from "../host.ts";
import type { Reply } from "../messages.ts";
import { count, seconds, tokens } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { Bar } from "./bar.tsx";
import { Spinner } from "./reply.tsx";

/** Characters of the running thought that are in sight. */
const TAIL = 400;
const MORE_TOKENS = 512;

export function RunningThought({ reply: { thought, thoughtTokens, thoughtMs, budget } }: { reply: Reply }) {
  const limited = budget !== "unlimited";
  const amount = limited ? t("{0} of {1}", count(thoughtTokens), count(budget)) : count(thoughtTokens);
  return (
    <div class="thought">
      <div class="row wrap">
        <span class="thought-title">
          <Spinner />
          <span>{t("Thinking · {0} · {1}", seconds(thoughtMs), amount)}</span>
        </span>
        <span class="row">
          <button
            type="button"
            class="small-button"
            title={t("End the thought and answer with what it has found")}
            onClick={() => post({ type: "answerNow" })}
          >
            {t("Answer now")}
          </button>
          {limited && (
            <button
              type="button"
              class="small-button"
              title={t("Let it think {0} tokens longer", MORE_TOKENS)}
              onClick={() => post({ type: "addBudget", tokens: MORE_TOKENS })}
            >
              +{MORE_TOKENS}
            </button>
          )}
        </span>
      </div>
      {limited && <Bar label={t("Thought of its budget")} share={thoughtTokens / Math.max(1, budget)} />}
      <div class="thought-tail">
        <div dir="auto">{tail(thought)}</div>
      </div>
    </div>
  );
}

/** The end of the thought, from a word's beginning on. */
function tail(thought: string): string {
  if (thought.length <= TAIL) return thought.trim();
  return `…${thought
    .slice(-TAIL)
    .replace(/^\S*\s+/, "")
    .trim()}`;
}

export function Thought({ reply: { thought, thoughtTokens, thoughtMs } }: { reply: Reply }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="thought">
      <button type="button" class="thought-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "chevron-down" : "chevron-right"} />
        {t("Thought for {0} · {1}", seconds(thoughtMs), tokens(thoughtTokens))}
      </button>
      {open && (
        <section ref={scrollable} class="thought-text" dir="auto" aria-label={t("Thought")}>
          {thought.trim()}
        </section>
      )}
    </div>
  );
}

/** Also with the keyboard. */
function scrollable(element: HTMLElement | null): void {
  if (element) element.tabIndex = 0;
}
