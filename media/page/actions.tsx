/** Buttons that start commands of the palette. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import type { PageCommand } from "../messages.ts";

const labels = (): Record<PageCommand, string> => ({
  cancelDownload: t("Cancel"),
  chooseModel: t("Choose Model…"),
  getModel: t("Get a Model…"),
  loadModel: t("Load Model"),
  newChat: t("New Chat"),
  showLog: t("Show Log"),
  connectRemote: t("Connect to a Remote Engine…"),
  setRemoteKey: t("Set Key…"),
  useLocal: t("Use Local Engine"),
  joinModel: t("Use the Loaded Model"),
  replaceModel: t("Load Mine for All Windows"),
  reloadWindow: t("Reload Window"),
  restartServer: t("Restart Server"),
});

export function CommandButton({
  command,
  kind = "small",
  label,
}: {
  command: PageCommand;
  kind?: "small" | "primary" | "link";
  /** A longer label than the usual one. */
  label?: string;
}) {
  return (
    <button type="button" class={`${kind}-button`} onClick={() => post({ type: "command", command })}>
      {label ?? labels()[command]}
    </button>
  );
}
