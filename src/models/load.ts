/** Commands for the model that is chosen: loading it, and giving its memory back. */
import { t } from "@vscode/l10n";
import { ProgressLocation, window } from "vscode";
import type { ModelInfo } from "../../server/protocol.ts";
import { changeSetting, chosenFile, loadParams, setting } from "../config.ts";
import { plain } from "../problems.ts";
import type { LoadOptions } from "../server/model.ts";
import type { Server } from "../server.ts";
import { isOther, whereItRuns } from "../statusText.ts";
import { chooseModel, type ModelDeps } from "./commands.ts";

export async function loadModel(deps: ModelDeps): Promise<void> {
  if (!loadParams()) return chooseModel(deps);
  const { status } = deps.server;
  if (status.type !== "ready" && status.type !== "busy") return loadAndTell(deps.server);
  // Whoever asks for it again has not come to like what others use.
  if (isOther(status.model, chosenFile())) return loadAndTell(deps.server, { whenOther: "refuse" });
  void window.showInformationMessage(plain(t("Nemotron: {0} is loaded already.", status.model.name)));
}

/** From now on this file is the model. One that is loaded already is left alone, and so are its replies. */
export async function useModel(deps: ModelDeps, file: string): Promise<void> {
  if (setting("model") === file && !setting("remote.baseUrl")) return loadModel(deps);
  await changeSetting("model", file);
  await changeSetting("remote.baseUrl", "");
  await loadAndTell(deps.server);
}

export async function loadAndTell(server: Server, options: LoadOptions = {}): Promise<void> {
  const model = await loadWithProgress(server, options);
  const toy = model.toy ? [t("This is the toy model of the tests: it knows nothing.")] : [];
  const { name, contextTokens } = model;
  const facts = [t("{0} is loaded {1}, with {2} tokens of context.", name, whereItRuns(model), contextTokens)];
  // Backends that failed are told of by a warning of their own (gpuNotices.ts).
  const failed = model.failedBackends?.map(({ reason }) => reason) ?? [];
  const notes = model.notes.filter((note) => !failed.includes(note));
  void window.showInformationMessage(plain(`Nemotron: ${[...facts, ...toy, ...notes].join(" ")}`));
}

/** Rejects with a ServerError. */
export function loadWithProgress(server: Server, load: LoadOptions = {}): Promise<ModelInfo> {
  const options = {
    location: ProgressLocation.Notification,
    title: t("Nemotron: loading the model"),
    cancellable: true,
  };
  const run = window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const listeners = [
      server.onStatus((status) => {
        if (status.type !== "loading") return;
        const percent = Math.round(status.progress * 100);
        progress.report({ message: `${percent} %`, increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      }),
      // Half a model is of no use, and its memory is wanted back. A failure is told by the status.
      token.onCancellationRequested(() => server.stopLoading()),
    ];
    try {
      return await server.load(token, load);
    } finally {
      for (const listener of listeners) listener.dispose();
    }
  });
  return Promise.resolve(run);
}
