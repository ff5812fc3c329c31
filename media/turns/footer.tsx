/** Under a reply: what it took, and what can be done with it. */
import { t } from "@vscode/l10n";
import { useState } from "preact/hooks";
import { post } from "../host.ts";
import { BUDGETS, type Turn } from "../messages.ts";
import { count, seconds, speed, thinkText, tokens } from "../page/format.ts";
import { IconButton } from "../page/icon.tsx";
import { Menu, type MenuItem } from "./menu.tsx";

type Usage = NonNullable<Turn["reply"]["usage"]>;
/** ms that the check mark after a copy stays. */
const FEEDBACK_MS = 1200;

export function Footer({ turn, canRegenerate }: { turn: Turn; canRegenerate: boolean }) {
  const { usage, answer, state } = turn.reply;
  const stopped = state === "stopped";
  if (!usage && !answer && !stopped && !canRegenerate) return null;
  return (
    <div class="footer">
      <span class="grow" title={usage && inWords(usage)}>
        {stopped && t("Stopped")}
        {usage && inShort(usage)}
      </span>
      {answer && <CopyButton turn={turn.id} />}
      {canRegenerate && <Menu icon="refresh" label={t("Regenerate")} items={regenerations(turn.id)} />}
    </div>
  );
}

function CopyButton({ turn }: { turn: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    post({ type: "copyReply", turn });
    setCopied(true);
    setTimeout(() => setCopied(false), FEEDBACK_MS);
  };
  return <IconButton icon={copied ? "check" : "copy"} label={copied ? t("Copied") : t("Copy answer")} onClick={copy} />;
}

function regenerations(turn: string): MenuItem[] {
  const again = { label: t("Again"), act: () => post({ type: "regenerate", turn }) };
  const budgets = BUDGETS.map((budget) => ({
    label: budget === "off" ? t("Without thinking") : thinkText(budget),
    act: () => post({ type: "regenerate", turn, budget }),
  }));
  return [again, ...budgets];
}

const inShort = ({ tokensPerSecond, readTokens, reusedTokens }: Usage) =>
  t("{0} tok/s · read {1} · reused {2}", speed(tokensPerSecond), count(readTokens), count(reusedTokens));

function inWords(usage: Usage): string {
  const read = [count(usage.readTokens), count(usage.reusedTokens)] as const;
  return [
    t("{0} of prompt: {1} read, {2} reused", tokens(usage.promptTokens), ...read),
    t("{0} of thought, {1} of answer", tokens(usage.thoughtTokens), tokens(usage.answerTokens)),
    t("First token after {0}", seconds(usage.firstTokenMs)),
    t("{0} tokens a second", speed(usage.tokensPerSecond)),
  ].join("\n");
}
