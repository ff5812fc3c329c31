/** Buttons that start commands of the palette. */
import { t } from "@vscode/l10n";
import { post } from "../host.ts";
import type { PageCommand } from "../messages.ts";

const labels = (): Record<PageCommand, string> => ({
  chooseModel: t("Choose a model file…"),
  getModel: t("Get a model"),
  loadModel: t("Load now"),
  newChat: t("New chat"),
  showLog: t("Show log"),
  connectRemote: t("Remote engine…"),
  setRemoteKey: t("Set key…"),
  useLocal: t("Use the local engine"),
});

export function CommandButton({
  command,
  kind = "small",
}: {
  command: PageCommand;
  kind?: "small" | "primary" | "link";
}) {
  return (
    <button type="button" class={`${kind}-button`} onClick={() => post({ type: "command", command })}>
      {labels()[command]}
    </button>
  );
}
