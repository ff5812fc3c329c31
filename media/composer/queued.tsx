/** Questions queued behind the running reply. They can be edited until they are sent. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import type { Composer } from "../messages.ts";
import { Icon, IconButton } from "../page/icon.tsx";

type Props = { queued: Composer["queued"]; running: boolean; takeBack: (text: string) => void };

export function Queued({ queued, running, takeBack }: Props) {
  if (queued.length === 0) return null;
  return (
    <ul class="queued" aria-label={t("Waiting for the reply")}>
      {queued.map(({ id, text }, index) => (
        <li key={id} title={text}>
          <Icon name="history" />
          <span class="ellipsis grow">{text}</span>
          <span class="faint">{index === 0 ? t("Up next") : t("Later")}</span>
          {index === 0 && !running && (
            <IconButton icon="send" label={t("Send Now")} onClick={() => post({ type: "sendQueued" })} />
          )}
          <IconButton
            icon="edit"
            label={t("Edit Queued Question")}
            onClick={() => {
              post({ type: "unqueue", id });
              takeBack(text);
            }}
          />
        </li>
      ))}
    </ul>
  );
}
