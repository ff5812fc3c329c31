/** The attachments of the question, and the button that adds more. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import type { Attachment } from "../messages.ts";
import { tokens } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { REFERENCE_ICONS } from "../turns/question.tsx";

const cutText = () => t("too large for its share of the context; only its beginning and end are sent");

export function Chips({ attachments, focusText }: { attachments: Attachment[]; focusText: () => void }) {
  return (
    <div class="chips">
      {attachments.map((attachment) => (
        <Chip key={attachment.id} attachment={attachment} focusText={focusText} />
      ))}
      <button
        type="button"
        class="chip"
        title={t("Attach files, or hold Shift and drop them here")}
        onClick={() => post({ type: "attach" })}
      >
        <Icon name="add" />
        {t("Attach")}
      </button>
    </div>
  );
}

function Chip({ attachment, focusText }: { attachment: Attachment; focusText: () => void }) {
  const { id, kind, label, implicit, cut } = attachment;
  const remove = () => {
    post({ type: "removeAttachment", id });
    focusText();
  };
  return (
    <span class={implicit ? "chip implicit" : "chip"} title={tooltip(attachment)}>
      <Icon name={REFERENCE_ICONS[kind]} />
      <span class="chip-label">{label}</span>
      {cut && <i class="codicon codicon-fold cut" role="img" aria-label={cutText()} title={cutText()} />}
      <button
        type="button"
        class="chip-remove codicon codicon-close"
        aria-label={t("Remove {0}", label)}
        title={t("Remove")}
        onClick={remove}
        onKeyDown={(event) => {
          if (event.key !== "Delete" && event.key !== "Backspace") return;
          event.preventDefault();
          remove();
        }}
      />
    </span>
  );
}

function tooltip({ detail, implicit, tokens: size, cut }: Attachment): string {
  return [
    detail,
    ...(size === undefined ? [] : [tokens(size)]),
    ...(implicit ? [t("Attached automatically; follows the active editor")] : []),
    ...(cut ? [cutText().replace(/^./, (first) => first.toUpperCase())] : []),
  ].join("\n");
}
