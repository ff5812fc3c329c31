/** Commands for the endpoint through which other programs on this machine use the model. It is off until started. */
import { t } from "@vscode/l10n";
import { commands, env, window } from "vscode";
import type { Server } from "../client/server.ts";
import { setting } from "../config.ts";
import { escapeNotification } from "../errors/problems.ts";
import { report } from "../errors/report.ts";
import { toServerError } from "../errors/serverError.ts";
import { loadWithProgress } from "../models/load.ts";

type Deps = { server: Server };

/** Loads the model first, if it is not loaded. */
export async function startEndpoint({ server }: Deps): Promise<void> {
  const { type } = server.status;
  if (type !== "ready" && type !== "busy") await loadWithProgress(server);
  try {
    void offer(server, await server.endpoint.start(setting("endpoint.port")));
  } catch (error) {
    const { code, message, data } = toServerError(error);
    // The user can change a port that is not available. Other errors are shown as usual.
    if (code !== "internal" || !data.next) throw error;
    await showPortError(`${message} ${data.next}`);
  }
}

/** Says so if the endpoint is not running. */
export async function stopEndpoint({ server }: Deps): Promise<void> {
  if (server.endpoint.url) return server.endpoint.stop();
  showStopped();
}

/** Says so if the endpoint is not running. */
export async function copyEndpointUrl({ server }: Deps): Promise<void> {
  const { url } = server.endpoint;
  if (url) await env.clipboard.writeText(url);
  else showStopped();
}

async function offer(server: Server, url: string): Promise<void> {
  const [copy, stop] = [t("Copy URL"), t("Stop Endpoint")];
  const text = t("Nemotron: other programs on this machine can now use the model at {0}.", url);
  const choice = await window.showInformationMessage(text, copy, stop);
  if (choice === copy) await env.clipboard.writeText(url);
  if (choice === stop) await server.endpoint.stop().catch(report);
}

async function showPortError(text: string): Promise<void> {
  const change = t("Change Port…");
  if ((await window.showErrorMessage(escapeNotification(`Nemotron: ${text}`), change)) !== change) return;
  // A machine setting: in a remote window it belongs to the remote machine, whose settings have their own tab.
  const open = env.remoteName ? "openRemoteSettings" : "openSettings";
  await commands.executeCommand(`workbench.action.${open}`, { query: "nemotron.endpoint.port" });
}

function showStopped(): void {
  void window.showInformationMessage(t("Nemotron: the endpoint is not running."));
}
