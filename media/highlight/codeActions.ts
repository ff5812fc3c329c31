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
      iconButton(icon, label, (clicked) => {
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

type Act = (clicked: HTMLButtonElement) => void;

function button(className: string, title: string, act: Act): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.title = title;
  element.disabled = true;
  element.addEventListener("click", () => act(element));
  return element;
}

function iconButton(icon: string, label: string, act: Act): HTMLButtonElement {
  const element = button(`icon-button codicon codicon-${icon}`, label, act);
  element.setAttribute("aria-label", label);
  return element;
}

/** In words, for it is the one that thinks: it looks for the place of the code by itself. */
function applyButton(act: Act): HTMLButtonElement {
  const element = button("small-button", t("Propose this code in the place of what it rewrites"), act);
  element.textContent = t("Apply");
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
