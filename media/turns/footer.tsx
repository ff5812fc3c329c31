/** The line under a reply: its cost, and its actions. */
import { t } from "@vscode/l10n";
import { useState } from "preact/hooks";
import { post } from "../host/host.ts";
import { BUDGETS, type Turn } from "../messages.ts";
import { count, seconds, speed, thinkText, tokens } from "../page/format.ts";
import { IconButton } from "../page/icon.tsx";
import { ContinueButton } from "./ending.tsx";
import { Menu, type MenuItem } from "./menu.tsx";

type Usage = NonNullable<Turn["reply"]["usage"]>;
/** How long the check mark stays after copying, ms. */
const FEEDBACK_MS = 1200;

type Props = { turn: Turn; canChange: boolean; canRegenerate: boolean };

/** @param canChange another version of the reply can be shown now. */
export function Footer({ turn, canChange, canRegenerate }: Props) {
  const { usage, answer, state } = turn.reply;
  // The summary of an agent's turn says it.
  const stopped = state === "stopped" && !turn.agent;
  if (!usage && !answer && !stopped && !canRegenerate && !turn.versions) return null;
  return (
    <div class="footer">
      <span class="grow" title={usage && inWords(usage)}>
        {stopped && t("Stopped")}
        {usage && inShort(usage)}
      </span>
      {stopped && answer && canRegenerate && <ContinueButton turn={turn.id} />}
      {turn.versions && <Versions turn={turn.id} versions={turn.versions} canChange={canChange} />}
      {answer && <CopyButton turn={turn.id} />}
      {canRegenerate && <Menu icon="refresh" label={t("Regenerate")} items={regenerations(turn.id)} />}
    </div>
  );
}

type VersionsProps = { turn: string; versions: NonNullable<Turn["versions"]>; canChange: boolean };

function Versions({ turn, versions: { shown, count: all }, canChange }: VersionsProps) {
  const show = (version: number) => post({ type: "showVersion", turn, version });
  return (
    <span class="versions">
      <IconButton
        icon="chevron-left"
        label={t("Previous Version")}
        disabled={!canChange || shown <= 1}
        onClick={() => show(shown - 1)}
      />
      {t("{0} of {1}", count(shown), count(all))}
      <IconButton
        icon="chevron-right"
        label={t("Next Version")}
        disabled={!canChange || shown >= all}
        onClick={() => show(shown + 1)}
      />
    </span>
  );
}

function CopyButton({ turn }: { turn: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    post({ type: "copyReply", turn });
    setCopied(true);
    setTimeout(() => setCopied(false), FEEDBACK_MS);
  };
  return <IconButton icon={copied ? "check" : "copy"} label={copied ? t("Copied") : t("Copy Answer")} onClick={copy} />;
}

function regenerations(turn: string): MenuItem[] {
  const again = { label: t("Try Again"), act: () => post({ type: "regenerate", turn }) };
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
    t("Prompt: {0} ({1} read, {2} reused)", tokens(usage.promptTokens), ...read),
    t("Thought: {0}, answer: {1}", tokens(usage.thoughtTokens), tokens(usage.answerTokens)),
    t("First token after {0}", seconds(usage.firstTokenMs)),
    t("{0} tokens per second", speed(usage.tokensPerSecond)),
  ].join("\n");
}
