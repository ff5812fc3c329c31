/** The chat's page as a webview loads it. */
import { randomBytes } from "node:crypto";
import { l10n, Uri, type Webview } from "vscode";
import type { ToHost } from "../../media/messages.ts";
import { displayLanguage } from "../text/locale.ts";
import { readFromPage } from "./fromPage.ts";
import { pageHtml } from "./page.ts";

/**
 * Loads the page into a webview.
 * @param media the folder with the page's bundle.
 * @param receive called with each valid message of the page; others are ignored.
 */
export function openPage(webview: Webview, media: Uri, receive: (message: ToHost) => void): void {
  webview.options = { enableScripts: true, localResourceRoots: [media] };
  webview.onDidReceiveMessage((value: unknown) => {
    const message = readFromPage(value);
    if (message) receive(message);
  });
  const local = (name: string) => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  webview.html = pageHtml({
    cspSource: webview.cspSource,
    script: local("main.js"),
    styles: [local("codicon.css"), local("main.css")],
    nonce: randomBytes(16).toString("base64url"),
    language: displayLanguage(),
    translations: l10n.bundle ?? {},
  });
}
