/** The chat's page: draws what the host sends, and posts what the user does. */
import { config } from "@vscode/l10n";
import { render } from "preact";
import { App } from "./app.tsx";
import { setTheme } from "./highlight/theme.ts";
import { onMessage, post, startListening } from "./host/host.ts";
import { setNumberLanguage } from "./page/format.ts";
import { receive } from "./page/store.ts";

/** The host names the language and embeds its texts in the page. Called once, before anything is drawn. */
function loadTexts(): void {
  config({ contents: document.getElementById("l10n")?.textContent || "{}" });
  setNumberLanguage(document.documentElement.lang);
}

loadTexts();
onMessage(receive);
onMessage((message) => {
  if (message.type === "theme") setTheme(message.theme);
});
startListening();
render(<App />, document.getElementById("app")!);
post({ type: "ready" });
const tellFocus = () => post({ type: "focused", focused: document.hasFocus() });
window.addEventListener("focus", tellFocus);
window.addEventListener("blur", tellFocus);
tellFocus();
