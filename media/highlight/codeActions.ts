/** The head of a code block: the language and buttons, which work once the block is complete. */
import { t } from "@vscode/l10n";
import { post } from "../host.ts";
import type { CodeAction } from "../messages.ts";

/** ms that the check mark after a copy stays. */
const FEEDBACK_MS = 1200;

const actions = (): { action: CodeAction; icon: string; label: string }[] => [
  { action: "copy", icon: "copy", label: t("Copy") },
  { action: "insert", icon: "insert", label: t("Insert at cursor") },
  { action: "replace", icon: "replace", label: t("Replace selection") },
  { action: "newFile", icon: "new-file", label: t("New file") },
];

export class CodeActions {
  readonly element = document.createElement("div");
  readonly #buttons: HTMLButtonElement[];

  constructor(language: string, code: () => string) {
    const name = document.createElement("span");
    name.className = "code-language";
    name.textContent = language || t("text");
    this.#buttons = actions().map(({ action, icon, label }) =>
      button(icon, label, (clicked) => {
        post({ type: "code", action, code: code(), language });
        if (action === "copy") showCopied(clicked);
      }),
    );
    this.#buttons.unshift(applyButton(() => post({ type: "code", action: "apply", code: code(), language })));
    this.element.className = "code-head";
    this.element.append(name, ...this.#buttons);
  }

  enable(): void {
    for (const button of this.#buttons) button.disabled = false;
  }
}

function button(icon: string, label: string, act: (clicked: HTMLButtonElement) => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `icon-button codicon codicon-${icon}`;
  element.title = label;
  element.setAttribute("aria-label", label);
  element.disabled = true;
  element.addEventListener("click", () => act(element));
  return element;
}

/** In words, for it is the one that thinks: it looks for the place of the code by itself. */
function applyButton(act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "small-button";
  element.textContent = t("Apply");
  element.title = t("Propose this code in the place of what it rewrites");
  element.disabled = true;
  element.addEventListener("click", act);
  return element;
}

function showCopied(button: HTMLButtonElement): void {
  button.classList.replace("codicon-copy", "codicon-check");
  button.title = t("Copied");
  setTimeout(() => {
    button.classList.replace("codicon-check", "codicon-copy");
    button.title = t("Copy");
  }, FEEDBACK_MS);
}
