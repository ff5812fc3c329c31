/** How downloads reach the network: settings, the editor's proxy, and the access token, which is kept as a secret. */
import { t } from "@vscode/l10n";
import { type SecretStorage, workspace } from "vscode";
import type { DownloadParams } from "../../server/protocol.ts";
import { setting } from "../config.ts";
import { askForText } from "../typing/askForText.ts";

/** The key of the token in VS Code's secret storage. */
const TOKEN = "huggingFace.accessToken";

/** The network options of a download. The setting `download.proxy` takes the place of VS Code's proxy. */
export async function networkOptions(
  secrets: SecretStorage,
): Promise<Pick<DownloadParams, "accessToken" | "mirror" | keyof Proxied>> {
  const own = setting("download.proxy");
  return {
    accessToken: (await secrets.get(TOKEN)) || undefined,
    mirror: setting("download.mirror") || undefined,
    ...(own ? { proxy: own } : editorProxy()),
  };
}

type Proxied = Pick<DownloadParams, "proxy" | "noProxy">;

/** VS Code's proxy. Empty if there is none, or if `http.proxySupport` is off. */
export function editorProxy(): Proxied {
  const http = workspace.getConfiguration("http");
  if (http.get("proxySupport") === "off") return {};
  const direct = http.get<string[]>("noProxy", []);
  return { proxy: http.get<string>("proxy") || undefined, noProxy: direct.join(",") || undefined };
}

/** Asks for the token without showing it. An empty one deletes the stored token. */
export async function setAccessToken(secrets: SecretStorage): Promise<void> {
  const token = await askForText({
    title: t("Hugging Face access token"),
    prompt: t("For models whose terms must be accepted there first. Leave empty to remove the token."),
    placeHolder: "hf_…",
    password: true,
    ignoreFocusOut: true,
    check: (text) => (/\s/.test(text.trim()) ? t("A token contains no spaces.") : undefined),
  });
  if (token === undefined) return;
  if (token.trim() === "") await secrets.delete(TOKEN);
  else await secrets.store(TOKEN, token.trim());
}
