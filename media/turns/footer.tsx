/** Under a reply: what it took, and what can be done with it. */
import { useState } from "preact/hooks";
import { post } from "../host.ts";
import { BUDGETS, type Turn } from "../messages.ts";
import { budgetName, count, seconds, speed, tokens } from "../page/format.ts";
import { IconButton } from "../page/icon.tsx";
import { Menu, type MenuItem } from "./menu.tsx";

type Usage = NonNullable<Turn["reply"]["usage"]>;
/** ms that the check mark after a copy stays. */
const FEEDBACK_MS = 1200;

export function Footer({ turn, canRegenerate }: { turn: Turn; canRegenerate: boolean }) {
  const { usage, answer } = turn.reply;
  return (
    <div class="footer">
      <span class="grow" title={usage && inWords(usage)}>
        {usage &&
          `${speed(usage.tokensPerSecond)} tok/s · read ${count(usage.readTokens)} · reused ${count(usage.reusedTokens)}`}
      </span>
      {answer && <CopyButton turn={turn.id} />}
      {canRegenerate && <Menu icon="refresh" label="Regenerate" items={regenerations(turn.id)} />}
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
  return <IconButton icon={copied ? "check" : "copy"} label={copied ? "Copied" : "Copy answer"} onClick={copy} />;
}

function regenerations(turn: string): MenuItem[] {
  const again = { label: "Again", act: () => post({ type: "regenerate", turn }) };
  const budgets = BUDGETS.map((budget) => ({
    label: budget === "off" ? "Without thinking" : `Think ${budgetName(budget)}`,
    act: () => post({ type: "regenerate", turn, budget }),
  }));
  return [again, ...budgets];
}

function inWords(usage: Usage): string {
  return [
    `${tokens(usage.promptTokens)} of prompt: ${count(usage.readTokens)} read, ${count(usage.reusedTokens)} reused`,
    `${tokens(usage.thoughtTokens)} of thought, ${tokens(usage.answerTokens)} of answer`,
    `First token after ${seconds(usage.firstTokenMs)}`,
    `${speed(usage.tokensPerSecond)} tokens a second`,
  ].join("\n");
}
