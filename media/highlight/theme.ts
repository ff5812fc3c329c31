/** The colours of code: those of the editor, which the host sends, or else VS Code's own for dark and light. */
import type { CodeTheme } from "../messages.ts";

/** `undefined`: dark or light as the page itself is. */
let theme: CodeTheme | undefined;
const watchers = new Set<() => void>();

export function setTheme(next: CodeTheme | undefined): void {
  theme = next;
  for (const watcher of watchers) watcher();
}

export const codeTheme = () => theme;

export const isLight = () =>
  document.body.classList.contains("vscode-light") || document.body.classList.contains("vscode-high-contrast-light");

/** Tells also of the page's change between dark and light. */
export function onThemeChange(watcher: () => void): void {
  watchers.add(watcher);
  new MutationObserver(watcher).observe(document.body, { attributeFilter: ["class"] });
}
