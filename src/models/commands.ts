/** Commands that download and load a model: the recommended one, one from the list, or the user's own file. */
import os from "node:os";
import path from "node:path";
import { t } from "@vscode/l10n";
import { Uri, window } from "vscode";
import type { ModelOffer } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { changeSetting, chosenModelFile, loadParams, setting } from "../config.ts";
import { escapeNotification } from "../errors/problems.ts";
import { isOtherModel, sizeText } from "../text/models.ts";
import type { Downloads } from "./downloads.ts";
import { loadAndReport } from "./load.ts";
import { setAccessToken } from "./network.ts";
import { pickModel } from "./picker.ts";

export type ModelDeps = { server: Server; downloads: Downloads };

/** Loads the chosen model, or asks for one. */
export async function loadModel(deps: ModelDeps): Promise<void> {
  if (!loadParams()) return chooseModel(deps);
  const { status } = deps.server;
  if (status.type !== "ready" && status.type !== "busy") return loadAndReport(deps.server);
  // Asking again must not silently accept the model that others use.
  if (isOtherModel(status.model, chosenModelFile())) return loadAndReport(deps.server, { whenOther: "refuse" });
  void window.showInformationMessage(escapeNotification(t("Nemotron: {0} is already loaded.", status.model.name)));
}

/** Makes this file the chosen model and loads it. If it is loaded already, it stays loaded, and its replies go on. */
async function useModel(deps: ModelDeps, file: string): Promise<void> {
  if (setting("model") === file && !setting("remote.baseUrl")) return loadModel(deps);
  await changeSetting("model", file);
  await changeSetting("remote.baseUrl", "");
  await loadAndReport(deps.server);
}

/** Shows the list of models, and does what the user chooses. */
export async function chooseModel(deps: ModelDeps): Promise<void> {
  for (;;) {
    const choice = await pickModel(deps.downloads);
    switch (choice?.type) {
      case undefined:
        return;
      case "get":
        return getOffer(deps, choice.offer);
      case "stop":
        return deps.downloads.stop();
      case "own":
        return chooseFile(deps);
      case "token":
        await setAccessToken(deps.downloads.secrets);
        break;
      case "delete":
        await deleteOffer(deps, choice.offer);
        break;
      default:
        choice satisfies never;
    }
  }
}

/** Downloads and loads the recommended model. */
export async function getModel(deps: ModelDeps): Promise<void> {
  const { downloads } = deps;
  if (downloads.running) return chooseModel(deps);
  await downloads.refresh();
  const offer = downloads.recommended;
  if (!offer) return chooseModel(deps);
  await getOffer(deps, offer);
}

async function getOffer(deps: ModelDeps, offer: ModelOffer): Promise<void> {
  if (!offer.path && offer.fit.type === "no") {
    const anyway = t("Download Anyway");
    const question = t("{0} does not fit on this machine.", offer.name);
    const options = { modal: true, detail: offer.fit.reason };
    if ((await window.showWarningMessage(question, options, anyway)) !== anyway) return;
  }
  const file = await deps.downloads.get(offer);
  if (file) await useModel(deps, file);
}

async function deleteOffer({ server, downloads }: ModelDeps, offer: ModelOffer): Promise<void> {
  const { name, quantization, bytes, partialBytes, path } = offer;
  const yes = t("Delete");
  const question = t("Delete {0}?", `${name} ${quantization}`);
  const detail = t("This frees {0}. You can download it again later.", sizeText(path ? bytes : (partialBytes ?? 0)));
  if ((await window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  await server.deleteModel({ id: offer.id });
  if (path && setting("model") === path) await changeSetting("model", "");
  await downloads.refresh();
}

/** Asks for a file, and loads it. */
async function chooseFile(deps: ModelDeps): Promise<void> {
  const { downloads } = deps;
  const current = setting("model");
  const [file] =
    (await window.showOpenDialog({
      title: t("Choose a Nemotron model"),
      openLabel: t("Use This Model"),
      filters: { [t("GGUF models")]: ["gguf"] },
      defaultUri: Uri.file(current ? path.dirname(current) : os.homedir()),
    })) ?? [];
  if (!file) return;
  // An extension that runs on the user's own machine cannot read the files of a remote window.
  if (file.scheme !== "file") throw new Error(t("The model must be on the machine that the extension runs on."));
  const copy = await askWhetherToCopy(file.fsPath, downloads.offered?.folder);
  if (copy !== undefined) await useModel(deps, await downloads.import(file.fsPath, copy));
}

async function askWhetherToCopy(file: string, folder: string | undefined): Promise<boolean | undefined> {
  if (folder === path.dirname(file)) return false;
  const items = [
    { label: t("Use in its current folder"), detail: t("The file must stay there: {0}", file), copy: false },
    {
      label: t("Copy to the models folder"),
      detail: t("For files on USB drives or in the downloads folder"),
      copy: true,
    },
  ];
  return (await window.showQuickPick(items, { title: path.basename(file) }))?.copy;
}
