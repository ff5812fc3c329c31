/** Commands for GPU backends: install CUDA, which is not bundled, remove it, and retry backends that failed. */
import { t } from "@vscode/l10n";
import { env, ProgressLocation, Uri, window } from "vscode";
import { NPM_REGISTRY } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { loadParams, setting } from "../config.ts";
import { escapeNotification } from "../errors/problems.ts";
import { loadAndReport } from "../models/load.ts";
import { editorProxy } from "../models/network.ts";
import { cudaDescription, stateOfCuda } from "./cuda.ts";

/** Where NVIDIA offers its CUDA runtime, under its own license. */
const CUDA_PAGE = "https://developer.nvidia.com/cuda-downloads";

type Deps = { server: Server };

/**
 * Describes the CUDA backend, installs it if the user agrees, and loads the model with it. Throws an Error in words for
 * the user if this machine cannot use CUDA.
 */
export async function installCuda({ server }: Deps): Promise<void> {
  const found = await server.backends();
  const cuda = stateOfCuda(found);
  if (!cuda.supported) throw new Error(found.obstacle);
  if (cuda.installed) {
    const obstacle = found.obstacle ? [t("It is not used: {0}", found.obstacle)] : [];
    return inform([t("The CUDA backend is installed."), ...obstacle].join(" "));
  }
  const [install, page] = [t("Install"), t("Open NVIDIA's Page")];
  const buttons = found.obstacle ? [install, page] : [install];
  const chosen = await window.showInformationMessage(
    escapeNotification(`Nemotron: ${cudaDescription(found, registry())}`),
    ...buttons,
  );
  if (chosen === page) await env.openExternal(Uri.parse(CUDA_PAGE));
  if (chosen === install) await installAndLoad(server);
}

/** Installs the CUDA backend, then loads the chosen model again. */
export async function installAndLoad(server: Server): Promise<void> {
  await installWithProgress(server);
  if (loadParams()) await loadAndReport(server, { retryBackends: true });
  else await inform(t("The CUDA backend is installed."));
}

/** Loads the model again if the removal unloaded it. */
export async function removeCuda({ server }: Deps): Promise<void> {
  const { removed, unloaded } = await server.removeBackend({ backend: "cuda" });
  if (unloaded && loadParams()) await loadAndReport(server);
  await inform(removed ? t("The CUDA backend was removed.") : t("The CUDA backend is not installed."));
}

/** Loads the model with backends that have failed, too. They are not retried automatically. */
export async function retryGpu({ server }: Deps): Promise<void> {
  if (loadParams()) await loadAndReport(server, { retryBackends: true });
  else await inform(t("No model is chosen."));
}

/** The URL of the npm registry that backends are downloaded from. */
export function registry(): string {
  return setting("npmRegistry") || NPM_REGISTRY;
}

function installWithProgress(server: Server): Promise<void> {
  const options = {
    location: ProgressLocation.Notification,
    title: t("Nemotron: installing the CUDA backend"),
    cancellable: true,
  };
  const run = window.withProgress(options, (progress, token) => {
    let shown = 0;
    return server.installBackend(
      { backend: "cuda", registry: registry(), ...editorProxy() },
      ({ message, percentage = shown }) => {
        progress.report({ message, increment: Math.max(0, percentage - shown) });
        shown = Math.max(shown, percentage);
      },
      token,
    );
  });
  return Promise.resolve(run);
}

async function inform(text: string): Promise<void> {
  void window.showInformationMessage(escapeNotification(`Nemotron: ${text}`));
}
