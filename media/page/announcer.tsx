/** Announces to screen readers each change of state or step of the agent once, and the answer when it is complete. */
import { t } from "@vscode/l10n";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Turn } from "../messages.ts";
import { AgentAnnouncements } from "./announcements.ts";
import { isRunning } from "./state.ts";

const states = (): Record<Turn["reply"]["state"], string> => ({
  waiting: t("Waiting for the model"),
  reading: t("Reading the prompt"),
  thinking: t("Thinking"),
  answering: t("Answering"),
  done: "",
  stopped: t("Stopped"),
  interrupted: t("Interrupted"),
  failed: t("Failed"),
});

/** @param turn the last one. */
export function Announcer({ turn }: { turn: Turn | undefined }) {
  const [announced, setAnnounced] = useState({ text: "", number: 0 });
  const followed = useRef<string | undefined>(undefined);
  const agent = useMemo(() => new AgentAnnouncements(), []);
  const announce = (text: string) => setAnnounced(({ number }) => ({ text, number: number + 1 }));
  useEffect(() => {
    if (!turn) return;
    const running = isRunning(turn.reply);
    if (running) followed.current = turn.id;
    const steps = agent.next(turn);
    // A reply that ended before the page opened is not announced.
    if (followed.current !== turn.id) return;
    if (!running) announce([...steps, ...outcome(turn)].join(". "));
    else if (!turn.agent) announce(states()[turn.reply.state]);
    else if (steps.length > 0) announce(steps.join(". "));
    if (!running) followed.current = undefined;
  }, [turn?.id, turn?.reply.state, turn?.agent]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label={t("Progress")}>
      {/* A new element, so that the same words are announced again. */}
      <span key={announced.number}>{announced.text}</span>
    </div>
  );
}

function outcome({ reply, agent }: Turn): string[] {
  const { summary } = agent ?? {};
  const said = summary ? [summary.title, summary.checked, ...summary.left] : [states()[reply.state]];
  const parts = [...said, reply.error?.message, reply.error?.next, reply.answer];
  return parts.flatMap((part) => part || []);
}
