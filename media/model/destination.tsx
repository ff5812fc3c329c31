/** Where the user's code is sent, always shown for a remote engine. */
import { t } from "@vscode/l10n";
import type { ModelState } from "../messages.ts";
import { Icon } from "../page/icon.tsx";

export function Destination({ model }: { model: ModelState }) {
  const remote = "remote" in model ? model.remote : undefined;
  if (!remote?.leavesMachine) return null;
  return (
    <div class={remote.encrypted ? "banner destination" : "banner destination warning"} role="note">
      <Icon name={remote.encrypted ? "cloud-upload" : "unlock"} />
      <span class="grow">
        {t("Your code is sent to {0}.", remote.host)}
        {!remote.encrypted && ` ${t("The connection is not encrypted.")}`}
      </span>
    </div>
  );
}
