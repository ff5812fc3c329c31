/** The user's question with its references. The question can be changed in place and asked again. */
import { t } from "@vscode/l10n";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { post } from "../host/host.ts";
import type { Reference, Turn } from "../messages.ts";
import { Icon, IconButton } from "../page/icon.tsx";

/** Names of codicons. */
export const REFERENCE_ICONS: Record<Reference["kind"], string> = {
  file: "file",
  selection: "list-selection",
  problems: "warning",
  terminal: "terminal",
};

type Props = { turn: Turn; edited: boolean; canEdit: boolean; edit: () => void; endEditing: () => void };

export function Question({ turn, edited, canEdit, edit, endEditing }: Props) {
  return (
    <div class="question">
      {edited ? (
        <Editor turn={turn} end={endEditing} />
      ) : (
        <>
          <h2 class="visually-hidden">{t("You asked")}</h2>
          <div class="question-text" dir="auto">
            {turn.text}
          </div>
          {canEdit && <IconButton class="edit" icon="edit" label={t("Edit and Ask Again")} onClick={edit} />}
        </>
      )}
      {turn.references.length > 0 && (
        <div class="chips">
          {turn.references.map(({ kind, label, detail }, index) => (
            <button
              type="button"
              class="chip"
              key={index}
              title={detail}
              onClick={() => post({ type: "openReference", turn: turn.id, index })}
            >
              <Icon name={REFERENCE_ICONS[kind]} />
              <span class="chip-label">{label}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Editor({ turn, end }: { turn: Turn; end: () => void }) {
  const [text, setText] = useState(turn.text);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(turn.text.length, turn.text.length);
  }, []);
  const send = () => {
    if (!text.trim()) return;
    post({ type: "resend", turn: turn.id, text });
    end();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && !event.shiftKey) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="question-editor">
      <textarea
        ref={area}
        dir="auto"
        rows={1}
        aria-label={t("Edit Question")}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={pressed}
      />
      <div class="row">
        <span class="hint">{t("Later turns will be removed")}</span>
        <button type="button" class="small-button" onClick={end}>
          {t("Cancel")}
        </button>
        <button type="button" class="small-button filled" disabled={!text.trim()} onClick={send}>
          {t("Send")}
        </button>
      </div>
    </div>
  );
}
