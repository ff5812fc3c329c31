/** Commands for a remote engine: connect to one, set its key, and return to the local engine. */
import { t } from "@vscode/l10n";
import { type InputBoxValidationMessage, InputBoxValidationSeverity } from "vscode";
import { remoteHost } from "../../server/shared/remoteHost.ts";
import type { RemoteAccess } from "../client/remoteAccess.ts";
import { changeSetting, loadParams, setting } from "../config.ts";
import { chooseModel, type ModelDeps } from "../models/commands.ts";
import { loadAndReport } from "../models/load.ts";
import { askForText } from "../typing/askForText.ts";

export type RemoteDeps = ModelDeps & { access: RemoteAccess };

/** The default address of vLLM, of NIM and of this extension's endpoint. */
const USUAL_URL = "http://localhost:8000/v1";

/** Asks for the address, the model and the key. Nothing changes until all is answered. */
export async function connectRemote({ server, access }: RemoteDeps): Promise<void> {
  const title = t("Connect to a Remote Engine");
  const baseUrl = await askForText({
    title: `${title} (1/3)`,
    prompt: t("The address of an OpenAI-compatible endpoint: vLLM, NVIDIA NIM, llama-server, OpenRouter and others."),
    value: setting("remote.baseUrl") || USUAL_URL,
    ignoreFocusOut: true,
    check: (value) => checkAddress(value.trim()),
  });
  if (baseUrl === undefined) return;
  const model = await askForText({
    title: `${title} (2/3)`,
    prompt: t("The name of the model at the endpoint. Leave empty to use the first one it offers."),
    value: setting("remote.model"),
    ignoreFocusOut: true,
  });
  if (model === undefined) return;
  const address = baseUrl.trim();
  const hasKey = (await access.key(address)) !== undefined;
  const key = await askForKey(
    `${title} (3/3)`,
    hasKey ? t("The key. Leave empty to use the stored one.") : t("The key, if the endpoint requires one."),
  );
  if (key === undefined) return;
  if (key !== "") await access.setKey(address, key);
  await changeSetting("remote.model", model.trim());
  await changeSetting("remote.baseUrl", address);
  await loadAndReport(server);
}

/** Sets or deletes the key of the settings' remote engine. Throws an Error in words for the user if there is none. */
export async function setRemoteKey({ server, access }: RemoteDeps): Promise<void> {
  const remote = loadParams()?.remote;
  const host = remote && remoteHost(remote.baseUrl);
  if (!remote || !host) throw new Error(t("Connect to a remote engine first."));
  const key = await askForKey(
    t("Key of {0}", host.host),
    t("The key is kept in VS Code's secret storage. Leave empty to delete it."),
  );
  if (key === undefined) return;
  await access.setKey(remote.baseUrl, key);
  await loadAndReport(server);
}

/** Empties the remote address, then loads the local model, or asks for one. */
export async function useLocal(deps: RemoteDeps): Promise<void> {
  await changeSetting("remote.baseUrl", "");
  await (loadParams() ? loadAndReport(deps.server) : chooseModel(deps));
}

function askForKey(title: string, prompt: string): Promise<string | undefined> {
  return askForText({ title, prompt, password: true, ignoreFocusOut: true }).then((key) => key?.trim());
}

function checkAddress(value: string): InputBoxValidationMessage | undefined {
  const host = remoteHost(value);
  if (!host)
    return {
      message: t("The address must begin with https:// or http:// and contain no password."),
      severity: InputBoxValidationSeverity.Error,
    };
  if (!host.leavesMachine || host.encrypted) return undefined;
  return {
    message: t("The connection is not encrypted, so others on the network can read them."),
    severity: InputBoxValidationSeverity.Warning,
  };
}
