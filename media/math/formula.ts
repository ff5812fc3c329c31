/** A formula on the page: typeset once what does that is loaded, and until then only its room. */
import { t } from "@vscode/l10n";
import { texOf } from "./delimiters.ts";
import type { Typeset } from "./typeset.ts";

const formulas = new WeakMap<Element, Formula>();
const waiting = new Set<Formula>();
let typeset: Typeset | "loading" | "failed" | undefined;

export class Formula {
  readonly element: HTMLElement;
  #source: string;

  static of(element: Element): Formula | undefined {
    return formulas.get(element);
  }

  /** From what the Markdown renderer makes of a formula: its source is its text. */
  static from(element: HTMLElement): Formula {
    return formulas.get(element) ?? new Formula(element);
  }

  private constructor(element: HTMLElement) {
    this.element = element;
    this.#source = element.textContent;
    if (this.isDisplayed) {
      // It scrolls sideways, with the keyboard, too.
      element.tabIndex = 0;
      element.role = "group";
      element.ariaLabel = t("Formula");
    }
    formulas.set(element, this);
    this.#draw();
  }

  /** As it stands in the text, with its delimiters. */
  get source(): string {
    return this.#source;
  }

  get isDisplayed(): boolean {
    return this.element.classList.contains("display");
  }

  /** Takes the source of a formula that was rendered again; returns false if it is one of the other kind. */
  takeOver(other: HTMLElement): boolean {
    const { element } = this;
    if (other.tagName !== element.tagName || other.classList.contains("display") !== this.isDisplayed) return false;
    if (other.textContent === this.#source) return true;
    this.#source = other.textContent;
    this.#draw();
    return true;
  }

  #draw(): void {
    if (typeof typeset !== "function") {
      this.element.textContent = this.#source;
      this.element.classList.toggle("waiting", typeset !== "failed");
      if (typeset !== "failed") waiting.add(this);
      if (typeset === undefined) void load();
      return;
    }
    const nodes = typeset(texOf(this.#source), this.isDisplayed);
    // Invalid TeX is shown as it was written.
    this.element.replaceChildren(...(nodes ?? [this.#source]));
    this.element.classList.toggle("plain", nodes === undefined);
  }

  static drawWaiting(): void {
    for (const formula of waiting) {
      formula.element.classList.remove("waiting");
      formula.#draw();
    }
    waiting.clear();
  }
}

async function load(): Promise<void> {
  typeset = "loading";
  try {
    typeset = await (await import("./typeset.ts")).ready();
  } catch {
    typeset = "failed";
  }
  Formula.drawWaiting();
}
