/** The head of a code block: the language and buttons, which work once the block is complete. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import type { CodeAction } from "../messages.ts";
import { languageNamed } from "./languages.ts";

/** How long the check mark stays after copying, ms. */
const FEEDBACK_MS = 1200;

/** Whether the code is for a terminal: then there is no place in a file that it rewrites. */
const isForTerminal = (language: string) => {
  const known = languageNamed(language);
  return known === "shellscript" || known === "powershell" || /^(bat|cmd|fish)$/i.test(language);
};

const actions = (): { action: CodeAction; icon: string; label: string }[] => [
  { action: "copy", icon: "copy", label: t("Copy") },
  { action: "insert", icon: "insert", label: t("Insert at Cursor") },
  { action: "replace", icon: "replace", label: t("Replace Selection") },
  { action: "newFile", icon: "new-file", label: t("New File") },
];

export class CodeActions {
  readonly element = document.createElement("div");
  readonly #buttons: HTMLButtonElement[];

  /**
   * @param wrap returns whether long lines are wrapped now.
   * @param title instead of the language, of code that is only to be read and copied.
   */
  constructor(language: string, code: () => string, { wrap, title }: { wrap: () => boolean; title?: string }) {
    const name = document.createElement("span");
    name.className = "code-language";
    name.textContent = title ?? (language || t("text"));
    const offered = actions().filter(({ action }) => title === undefined || action === "copy");
    this.#buttons = offered.map(({ action, icon, label }) =>
      iconButton(icon, label, (clicked) => {
        post({ type: "code", action, code: code(), language });
        if (action === "copy") showCopied(clicked);
      }),
    );
    const send = (action: CodeAction) => post({ type: "code", action, code: code(), language });
    if (title === undefined)
      this.#buttons.unshift(
        isForTerminal(language)
          ? iconButton("terminal", t("Insert into Terminal"), () => send("terminal"))
          : applyButton(() => send("apply")),
      );
    const wrapping = iconButton("word-wrap", t("Wrap Lines"), (clicked) => {
      clicked.ariaPressed = String(wrap());
    });
    wrapping.ariaPressed = "false";
    this.#buttons.push(wrapping);
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

/** The label is in words because this action finds the place of the code by itself. */
function applyButton(act: Act): HTMLButtonElement {
  const element = button("small-button", t("Propose this code as an edit to the file"), act);
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
