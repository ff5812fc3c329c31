/** Commands for a shared engine: use the others' model, replace it, or unload it for all. */
import { t } from "@vscode/l10n";
import { window } from "vscode";
import type { Server } from "../client/server.ts";
import { loadAndReport } from "../models/load.ts";
import { othersText } from "../text/others.ts";

type Deps = { server: Server };

/** Uses the model that others have loaded, until the settings change. Without one, loads this window's own. */
export const joinModel = ({ server }: Deps): Promise<void> => loadAndReport(server, { whenOther: "join" });

/** Replaces the others' model with this window's. */
export const replaceModel = ({ server }: Deps): Promise<void> => loadAndReport(server, { whenOther: "replace" });

/** Unloads the model at once if nobody else uses it. Otherwise names its users, and asks. */
export async function unloadModel({ server }: Deps): Promise<void> {
  const { type } = server.status;
  if (type === "asleep" || type === "noModel" || type === "down") {
    void window.showInformationMessage(t("Nemotron: no model is loaded."));
    return;
  }
  if (await mayUnload(server)) await server.unload();
}

async function mayUnload({ status }: Server): Promise<boolean> {
  const others = "others" in status ? status.others : undefined;
  const who = others && othersText(others);
  if (!who) return true;
  const unload = t("Unload");
  const detail = t("Their replies in progress will stop. The next request from any of them loads the model again.");
  const options = { modal: true, detail };
  const chosen = await window.showWarningMessage(t("Unload the model? It is also used by {0}.", who), options, unload);
  return chosen === unload;
}
