/** The chat's page: it tells the host that it listens, draws what the host sends, and posts what the user does. */
import { render } from "preact";
import { App } from "./app.tsx";
import { setTheme } from "./highlight/theme.ts";
import { onMessage, post, startListening } from "./host.ts";
import { speak } from "./page/language.ts";
import { receive } from "./page/store.ts";

speak();
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
