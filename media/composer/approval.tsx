/** What the agent asks to be allowed: a command, a check, a file, an edit. Nothing is allowed by typing ahead. */
import { t } from "@vscode/l10n";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AgentToHost, Approval } from "../agent.ts";
import { post } from "../host/host.ts";
import { approvalTitle, withVisibleControls } from "../page/approvals.ts";
import { Icon } from "../page/icon.tsx";
import { Block } from "../turns/agent/details.tsx";
import { scrollable } from "../turns/thought.tsx";

const yes = (): Record<Approval["kind"], string> => ({
  command: t("Run"),
  check: t("Run"),
  read: t("Read"),
  write: t("Change"),
  edit: t("Apply"),
});

type Answer = Extract<AgentToHost, { type: "approve" }>["answer"];
/** `toComposer`: gives the composer the focus. */
type Props = { turn: string; approval: Approval; toComposer: () => void };

/** Draw it with the approval's id as its key. */
export function ApprovalCard({ turn, approval: { id, kind, text, detail }, toComposer }: Props) {
  const card = useRef<HTMLElement>(null);
  const name = useId();
  const [command, setCommand] = useState(text);
  const [why, setWhy] = useState("");
  const [answered, setAnswered] = useState(false);

  useLayoutEffect(() => {
    const element = card.current!;
    if (mayTakeFocus()) element.focus();
    return () => {
      if (element.contains(document.activeElement)) toComposer();
    };
  }, []);
  const empty = kind === "check" && command.trim() === "";
  const send = (answer: Answer) => {
    if (answered || (answer !== "no" && empty)) return;
    setAnswered(true);
    toComposer();
    const words = answer === "no" && why.trim() ? { why: why.trim() } : {};
    const changed = answer !== "no" && command !== text ? { command } : {};
    post({ type: "approve", turn, id, answer, ...words, ...changed });
  };
  const pressed = (event: KeyboardEvent) => {
    const { target, key } = event;
    // Letters are meant for the composer, where the focus was.
    const isTyped = key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (key === "Escape" || (target === card.current && isTyped)) toComposer();
    if (key === "Escape") event.preventDefault();
  };
  const onEnter = (answer: Answer) => (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    send(answer);
  };

  return (
    <section
      ref={card}
      class="banner approval"
      tabIndex={-1}
      aria-labelledby={`${name}-title`}
      aria-describedby={`${name}-text`}
      onKeyDown={pressed}
    >
      <Icon name="question" />
      <div class="grow">
        <div id={`${name}-title`} class="approval-title">
          {approvalTitle(kind)}
        </div>
        <div id={`${name}-text`} class="approval-text">
          {kind === "check" ? (
            <input
              type="text"
              dir="ltr"
              spellcheck={false}
              aria-label={t("Command of the check")}
              value={command}
              onInput={({ currentTarget }) => setCommand(currentTarget.value)}
              onKeyDown={onEnter("yes")}
            />
          ) : kind === "edit" ? (
            <Block kind="diff" text={text} final />
          ) : (
            <pre ref={scrollable} dir="ltr">
              {withVisibleControls(text)}
            </pre>
          )}
          {detail && <div class="hint">{detail}</div>}
        </div>
        <div class="row wrap">
          <button type="button" class="small-button filled" disabled={answered || empty} onClick={() => send("yes")}>
            {yes()[kind]}
          </button>
          {kind !== "edit" && kind !== "check" && (
            <button type="button" class="small-button" disabled={answered || empty} onClick={() => send("always")}>
              {t("Always in This Workspace")}
            </button>
          )}
        </div>
        <div class="row">
          <input
            type="text"
            class="grow"
            dir="auto"
            aria-label={t("Why not, for the model")}
            placeholder={t("Tell it why")}
            value={why}
            onInput={({ currentTarget }) => setWhy(currentTarget.value)}
            onKeyDown={onEnter("no")}
          />
          <button type="button" class="small-button" disabled={answered} onClick={() => send("no")}>
            {t("Don't")}
          </button>
        </div>
      </div>
    </section>
  );
}

/** Whether the user is in the page and not at work elsewhere in it: in an empty composer, or nowhere. */
function mayTakeFocus(): boolean {
  const active = document.activeElement;
  if (!document.hasFocus()) return false;
  return active === document.body || (active instanceof HTMLTextAreaElement && active.value === "");
}
