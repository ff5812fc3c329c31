/** Buttons that start commands of the palette. */
import { t } from "@vscode/l10n";
import { post } from "../host.ts";
import type { PageCommand } from "../messages.ts";

const labels = (): Record<PageCommand, string> => ({
  cancelDownload: t("Cancel"),
  chooseModel: t("Choose a model…"),
  getModel: t("Get a model"),
  loadModel: t("Load now"),
  newChat: t("New chat"),
  showLog: t("Show log"),
  connectRemote: t("Remote engine…"),
  setRemoteKey: t("Set key…"),
  useLocal: t("Use the local engine"),
  joinModel: t("Use what is loaded"),
  replaceModel: t("Load mine for all"),
  reloadWindow: t("Reload window"),
});

export function CommandButton({
  command,
  kind = "small",
  label,
}: {
  command: PageCommand;
  kind?: "small" | "primary" | "link";
  /** Where it has more to say than usual. */
  label?: string;
}) {
  return (
    <button type="button" class={`${kind}-button`} onClick={() => post({ type: "command", command })}>
      {label ?? labels()[command]}
    </button>
  );
}
