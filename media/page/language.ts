/** The language of the page: the host names it, and hands over the texts in it, inside of the page itself. */
import { config } from "@vscode/l10n";
import { formatIn } from "./format.ts";

/** Called once, before anything is drawn. */
export function speak(): void {
  config({ contents: document.getElementById("l10n")?.textContent || "{}" });
  formatIn(document.documentElement.lang);
}
