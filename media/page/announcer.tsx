/** Announces to screen readers each change of state once, and the answer when it is complete. */
import { t } from "@vscode/l10n";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Turn } from "../messages.ts";
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
  const [announced, announce] = useState("");
  const followed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (!turn) return;
    const running = isRunning(turn.reply);
    if (running) followed.current = turn.id;
    // A reply that ended before the page opened is not announced.
    if (followed.current !== turn.id) return;
    announce(running ? states()[turn.reply.state] : outcome(turn));
    if (!running) followed.current = undefined;
  }, [turn?.id, turn?.reply.state]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label={t("Progress")}>
      {announced}
    </div>
  );
}

function outcome({ reply }: Turn): string {
  const parts = [states()[reply.state], reply.error?.message, reply.error?.next, reply.answer];
  return parts.filter(Boolean).join(". ");
}
