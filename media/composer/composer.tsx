/** Where the question is written: attachments, the text, how much to think, how full the context is, Send or Stop. */
import { t } from "@vscode/l10n";
import type { RefObject } from "preact";
import { useEffect, useImperativeHandle, useRef } from "preact/hooks";
import { onMessage, post } from "../host.ts";
import type { Composer as ComposerState, ModelState } from "../messages.ts";
import { BudgetSelect } from "./budget.tsx";
import { Chips } from "./chips.tsx";
import { useDraft } from "./draft.ts";
import { FileMatches } from "./fileMatches.tsx";
import { useMention } from "./mention.ts";
import { Meter } from "./meter.tsx";

export type ComposerHandle = { focus: () => void; fill: (text: string) => void };

type Props = {
  handle: RefObject<ComposerHandle | null>;
  composer: ComposerState;
  model: ModelState | undefined;
  running: boolean;
  onSend: () => void;
  editLast: () => void;
};

export function Composer({ handle, composer, model, running, onSend, editLast }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft();
  const mention = useMention(area, draft);
  const blocked = blocker(composer, model);
  const canSend = !running && !blocked && draft.text.trim() !== "";

  const focus = () => area.current?.focus();
  const fill = (text: string) => {
    draft.change(text);
    focus();
  };
  useImperativeHandle(handle, () => ({ focus, fill }), [draft.change]);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type !== "focus") return;
        if (message.text !== undefined && !area.current?.value) draft.change(message.text);
        focus();
      }),
    [draft.change],
  );

  const send = () => {
    if (!canSend) return;
    post({ type: "send", text: draft.text });
    draft.clear();
    onSend();
  };
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
      <Chips attachments={composer.attachments} focusText={focus} />
      {mention.files && <FileMatches {...mention} />}
      <textarea
        ref={area}
        dir="auto"
        rows={1}
        placeholder={t("Ask about your code, @ for files")}
        aria-label={t("Ask about your code")}
        value={draft.text}
        onFocus={draft.begin}
        onInput={({ currentTarget }) => draft.change(currentTarget.value)}
        onSelect={mention.look}
        onBlur={mention.close}
        onKeyDown={pressed}
      />
      <div class="row">
        <BudgetSelect budget={composer.budget} />
        <Meter meter={composer.meter} />
        {running ? (
          <button
            type="button"
            class="send"
            title={t("Stop (Esc)")}
            aria-label={t("Stop")}
            onClick={() => post({ type: "stop" })}
          >
            <i class="codicon codicon-debug-stop" aria-hidden="true" />
          </button>
        ) : (
          <button
            type="submit"
            class="send"
            title={blocked ?? t("Send (Enter)")}
            aria-label={t("Send")}
            disabled={!canSend}
          >
            <i class="codicon codicon-send" aria-hidden="true" />
          </button>
        )}
      </div>
    </form>
  );
}

/** Why nothing can be sent, if so. */
function blocker({ overflow }: ComposerState, model: ModelState | undefined): string | undefined {
  if (overflow) return t("The question does not fit into the context");
  if (model?.type === "downloading") return t("The model is being downloaded");
  return model?.type === "noModel" ? t("Choose a model first") : undefined;
}
