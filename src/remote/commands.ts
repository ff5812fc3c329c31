/** Commands for a remote engine: connecting to one, its key, and back to this machine in one step. */
import { t } from "@vscode/l10n";
import { type InputBoxValidationMessage, InputBoxValidationSeverity, window } from "vscode";
import { remoteHost } from "../../server/protocol.ts";
import { changeSetting, loadParams, setting } from "../config.ts";
import { chooseModel, type ModelDeps } from "../models/commands.ts";
import { loadAndTell } from "../models/load.ts";
import type { RemoteAccess } from "./access.ts";

export type RemoteDeps = ModelDeps & { access: RemoteAccess };

/** What vLLM, NIM and our own endpoint listen at. */
const USUAL = "http://localhost:8000/v1";

/** Asks for what it needs; nothing changes until all is answered. */
export async function connectRemote({ server, access }: RemoteDeps): Promise<void> {
  const title = t("Connect to a Remote Engine");
  const baseUrl = await window.showInputBox({
    title: `${title} (1/3)`,
    prompt: t("The address of an OpenAI-compatible endpoint: vLLM, NVIDIA NIM, llama-server, OpenRouter and others."),
    value: setting("remote.baseUrl") || USUAL,
    ignoreFocusOut: true,
    validateInput: (value) => checkAddress(value.trim()),
  });
  if (baseUrl === undefined) return;
  const model = await window.showInputBox({
    title: `${title} (2/3)`,
    prompt: t("The model, as the endpoint names it. Left empty: the first that it offers."),
    value: setting("remote.model"),
    ignoreFocusOut: true,
  });
  if (model === undefined) return;
  const address = baseUrl.trim();
  const hasKey = (await access.key(address)) !== undefined;
  const key = await askForKey(
    `${title} (3/3)`,
    hasKey ? t("Its key. Left empty: the one that is stored.") : t("Its key, if it asks for one."),
  );
  if (key === undefined) return;
  if (key !== "") await access.setKey(address, key);
  await changeSetting("remote.model", model.trim());
  await changeSetting("remote.baseUrl", address);
  await loadAndTell(server);
}

/** Sets the key of the engine that the settings name, or takes it away. */
export async function setRemoteKey({ server, access }: RemoteDeps): Promise<void> {
  const remote = loadParams()?.remote;
  const host = remote && remoteHost(remote.baseUrl);
  if (!remote || !host) throw new Error(t("Connect to a remote engine first."));
  const key = await askForKey(
    t("Key of {0}", host.host),
    t("It is kept in VS Code's secret storage. Left empty: it is deleted."),
  );
  if (key === undefined) return;
  await access.setKey(remote.baseUrl, key);
  await loadAndTell(server);
}

export async function useLocal(deps: RemoteDeps): Promise<void> {
  await changeSetting("remote.baseUrl", "");
  await (loadParams() ? loadAndTell(deps.server) : chooseModel(deps));
}

function askForKey(title: string, prompt: string): Thenable<string | undefined> {
  return window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true }).then((key) => key?.trim());
}

function checkAddress(value: string): InputBoxValidationMessage | undefined {
  const host = remoteHost(value);
  if (!host)
    return {
      message: t("It begins with https:// or http://, and holds no password."),
      severity: InputBoxValidationSeverity.Error,
    };
  if (!host.leavesMachine || host.encrypted) return undefined;
  return {
    message: t("The connection is not encrypted: others on the way can read them."),
    severity: InputBoxValidationSeverity.Warning,
  };
}
