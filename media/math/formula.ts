/** A formula on the page. Until KaTeX is loaded, only the formula's room is shown. */
import { t } from "@vscode/l10n";
import { texOf } from "./delimiters.ts";
import type { Typeset } from "./typeset.ts";

const formulas = new WeakMap<Element, Formula>();
const waiting = new Set<Formula>();
let typeset: Typeset | "loading" | "failed" | undefined;

export class Formula {
  readonly element: HTMLElement;
  #source: string;

  /** The formula whose element this is, if it is one. */
  static of(element: Element): Formula | undefined {
    return formulas.get(element);
  }

  /** Creates a formula from the Markdown renderer's element, whose text is the source. */
  static from(element: HTMLElement): Formula {
    return formulas.get(element) ?? new Formula(element);
  }

  private constructor(element: HTMLElement) {
    this.element = element;
    this.#source = element.textContent;
    if (this.isDisplayed) {
      // The keyboard can scroll it sideways.
      element.tabIndex = 0;
      element.role = "group";
      element.ariaLabel = t("Formula");
    }
    formulas.set(element, this);
    this.#draw();
  }

  /** The formula as it stands in the text, with its delimiters. */
  get source(): string {
    return this.#source;
  }

  get isDisplayed(): boolean {
    return this.element.classList.contains("display");
  }

  /** Takes the source of a formula that was rendered again. Returns false if only one of the two is displayed. */
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

  /** Draws the formulas that waited for KaTeX. */
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
    typeset = await (await import("./typeset.ts")).loadTypesetter();
  } catch {
    typeset = "failed";
  }
  Formula.drawWaiting();
}
