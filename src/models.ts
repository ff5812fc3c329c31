/** Commands for the model: choosing a file, getting one, loading it and giving its memory back. */
import os from "node:os";
import path from "node:path";
import { t } from "@vscode/l10n";
import { env, ProgressLocation, Uri, window } from "vscode";
import type { ModelInfo } from "../server/protocol.ts";
import { changeSetting, loadParams, setting } from "./config.ts";
import { plain } from "./problems.ts";
import type { LoadOptions } from "./server/model.ts";
import type { Server } from "./server.ts";
import { whereItRuns } from "./statusText.ts";

const PAGE = "https://huggingface.co/bartowski/nvidia_NVIDIA-Nemotron-Nano-9B-v2-GGUF";

/** Asks for a file, and loads it. */
export async function chooseModel({ server }: { server: Server }): Promise<void> {
  const current = setting("model");
  const [file] =
    (await window.showOpenDialog({
      title: t("Choose a Nemotron Nano v2 model"),
      openLabel: t("Use This Model"),
      filters: { [t("GGUF models")]: ["gguf"] },
      defaultUri: Uri.file(current ? path.dirname(current) : os.homedir()),
    })) ?? [];
  if (!file) return;
  // Beside the user's own GPU the extension does not reach the files of a remote window.
  if (file.scheme !== "file") throw new Error(t("The model must lie on the machine that the extension runs on."));
  await changeSetting("model", file.fsPath);
  await loadAndTell(server);
}

export async function loadModel({ server }: { server: Server }): Promise<void> {
  if (!loadParams()) return chooseModel({ server });
  const { status } = server;
  if (status.type !== "ready" && status.type !== "busy") return loadAndTell(server);
  void window.showInformationMessage(plain(t("Nemotron: {0} is loaded already.", status.model.name)));
}

export async function unloadModel({ server }: { server: Server }): Promise<void> {
  const { type } = server.status;
  if (type !== "asleep" && type !== "noModel" && type !== "down") return server.unload();
  void window.showInformationMessage(t("Nemotron: no model is loaded."));
}

/** Leads to where models are; nothing is fetched by the extension itself. */
export async function getModel({ server }: { server: Server }): Promise<void> {
  const text = [
    t("Nemotron: on the model's page, download the file that ends in Q4_K_M.gguf (about 6.5 GB), then choose it."),
    t(
      "With 6 to 8 GB of GPU memory take Q4_0 (about 5.3 GB), or have a part of the layers run on the CPU, which is slower.",
    ),
  ].join(" ");
  const [openPage, choose] = [t("Open Page"), t("Choose Model…")];
  const choice = await window.showInformationMessage(text, openPage, choose);
  if (choice === openPage) await env.openExternal(Uri.parse(PAGE));
  if (choice === choose) await chooseModel({ server });
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

function loadWithProgress(server: Server, load: LoadOptions): Promise<ModelInfo> {
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
      token.onCancellationRequested(() => server.unload().catch(() => {})),
    ];
    try {
      return await server.load(token, load);
    } finally {
      for (const listener of listeners) listener.dispose();
    }
  });
  return Promise.resolve(run);
}
