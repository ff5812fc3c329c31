/** The composer: attachments, the question, the mode, the thinking budgets, the context meter, Send or Stop. */
import { t } from "@vscode/l10n";
import type { RefObject } from "preact";
import { useEffect, useImperativeHandle, useRef, useState } from "preact/hooks";
import type { Mode } from "../agent.ts";
import { onMessage, post } from "../host/host.ts";
import type { Composer as ComposerState, ModelState } from "../messages.ts";
import { AgentBudgets, BudgetSelect } from "./budget.tsx";
import { Chips } from "./chips.tsx";
import { useChoice } from "./choice.ts";
import { useDraft } from "./draft.ts";
import { useEarlyKeys } from "./earlyKeys.ts";
import { FileMatches } from "./fileMatches.tsx";
import { useMention } from "./mention.ts";
import { Meter } from "./meter.tsx";
import { ModeLine, ModeSwitch, ToolsButton, whyNot } from "./mode.tsx";
import { Queued } from "./queued.tsx";

export type ComposerHandle = { focus: () => void; fill: (text: string) => void };

type Props = {
  handle: RefObject<ComposerHandle | null>;
  composer: ComposerState;
  model: ModelState | undefined;
  running: boolean;
  /** The running reply is an agent's, which takes a message in before its next step. */
  steered: boolean;
  onSend: () => void;
  editLast: () => void;
};

export function Composer({ handle, composer, model, running, steered, onSend, editLast }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft();
  const mention = useMention(area, draft);
  const { agent } = composer;
  const [mode, chooseMode] = useChoice(composer.mode, (mode) => post({ type: "setMode", mode }));
  /** Agent was chosen while it is not available. The reason is shown. */
  const [wanted, setWanted] = useState(false);
  const refused = wanted && !agent.available;
  const blocked = blocker(composer, mode, model);
  /** Enter was pressed while nothing can be sent. The reason is shown. */
  const [tried, setTried] = useState(false);
  const canSend = !blocked && draft.text.trim() !== "";

  const sending = useRef(() => {});
  const earlyKeys = useEarlyKeys(area, draft, () => sending.current());
  const focus = () => area.current?.focus();
  const fill = (text: string) => {
    draft.change(text);
    focus();
  };
  useImperativeHandle(handle, () => ({ focus, fill }), [draft.change]);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type === "typed") earlyKeys.typed(message.text, message.send);
        if (message.type !== "focus") return;
        focus();
        post({ type: "focused", focused: document.hasFocus() });
      }),
    [draft.change],
  );
  const send = () => {
    setTried(!canSend);
    if (!canSend) return;
    post({ type: "send", text: draft.text });
    draft.clear();
    onSend();
  };
  sending.current = send;
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || mention.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey) send();
    else if (event.key === "Escape" && running) post({ type: "stop" });
    else if (event.key === "ArrowUp" && !draft.text) editLast();
    else return;
    event.preventDefault();
  };

  return (
    <form
      class="composer"
      aria-label={t("Your question")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Queued
        queued={composer.queued}
        running={running}
        takeBack={(text) => fill(draft.text.trim() ? `${text}\n${draft.text}` : text)}
      />
      <Chips attachments={composer.attachments} focusText={focus} />
      {mention.files && <FileMatches {...mention} />}
      <textarea
        ref={area}
        dir="auto"
        rows={1}
        placeholder={mode === "ask" ? t("Ask about your code, @ for files") : t("Describe a task, @ for files")}
        aria-label={mode === "ask" ? t("Ask about your code") : t("Describe a task")}
        value={draft.text}
        onFocus={() => {
          earlyKeys.focused();
          draft.begin();
          // Reopens a list that closed when the focus left.
          mention.look();
        }}
        onInput={({ currentTarget }) => draft.change(currentTarget.value)}
        onSelect={mention.look}
        onBlur={mention.close}
        onKeyDown={pressed}
      />
      {tried && blocked && (
        <p class="blocked small" role="alert">
          {blocked}
        </p>
      )}
      {(mode === "agent" || refused) && (
        <div class="row mode-line">
          <ModeLine agent={agent} />
          {mode === "agent" && <Meter meter={composer.meter} />}
        </div>
      )}
      <div class="row wrap">
        <ModeSwitch mode={mode} agent={agent} choose={chooseMode} refuse={setWanted} />
        {mode === "ask" ? <BudgetSelect budget={composer.budget} /> : <AgentBudgets agent={agent} />}
        {mode === "agent" && <ToolsButton tools={agent.tools} />}
        <div class="row sending">
          {mode === "ask" && <Meter meter={composer.meter} />}
          {running && (
            <button
              type="button"
              class="send"
              title={t("Stop (Esc)")}
              aria-label={t("Stop")}
              onClick={() => post({ type: "stop" })}
            >
              <i class="codicon codicon-debug-stop" aria-hidden="true" />
            </button>
          )}
          {(!running || draft.text.trim() !== "") && (
            <button
              type="submit"
              class="send"
              title={blocked ?? sendText(running, steered)}
              aria-label={t("Send")}
              disabled={!canSend}
            >
              <i class="codicon codicon-send" aria-hidden="true" />
            </button>
          )}
        </div>
      </div>
    </form>
  );
}

function sendText(running: boolean, steered: boolean): string {
  if (steered) return t("Send before the next step (Enter)");
  return running ? t("Send when the reply is complete (Enter)") : t("Send (Enter)");
}

/** Why nothing can be sent; undefined if something can. */
function blocker({ overflow, agent }: ComposerState, mode: Mode, model: ModelState | undefined): string | undefined {
  if (mode === "agent" && !agent.available) return whyNot(agent);
  if (overflow) return t("The question does not fit in the context");
  if (model?.type === "downloading") return t("The model is being downloaded");
  return model?.type === "noModel" ? t("Choose a model first") : undefined;
}
