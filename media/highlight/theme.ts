/** The theme for code: the editor's, which the host sends, or else VS Code's default for dark or light. */
import type { CodeTheme } from "../messages.ts";

/** Undefined: the default that matches the page. */
let theme: CodeTheme | undefined;
const watchers = new Set<() => void>();

/** Undefined: the default that matches the page. */
export function setTheme(next: CodeTheme | undefined): void {
  theme = next;
  for (const watcher of watchers) watcher();
}

/** The current theme; undefined: the default that matches the page. */
export const codeTheme = () => theme;

/** Whether the page is light, by the classes that VS Code sets on the body. */
export const isLight = () =>
  document.body.classList.contains("vscode-light") || document.body.classList.contains("vscode-high-contrast-light");

/** Calls the watcher for a new theme, and when the page changes between dark and light. */
export function onThemeChange(watcher: () => void): void {
  watchers.add(watcher);
  new MutationObserver(watcher).observe(document.body, { attributeFilter: ["class"] });
}
