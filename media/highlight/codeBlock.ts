/** A block of code: its language, its actions, and lines that are coloured as they arrive. */

import { CodeActions } from "./codeActions.ts";
import { type Colorable, recolorOnThemeChange, scheduleColoring } from "./coloring.ts";
import { Folding } from "./folding.ts";
import { languageNamed, languageOf } from "./languages.ts";
import { Lines } from "./lines.ts";

const blocks = new WeakMap<Element, CodeBlock>();

export class CodeBlock {
  readonly element = document.createElement("div");
  readonly #name: string;
  readonly #lines: Lines;
  readonly #actions: CodeActions;
  readonly #folding: Folding;
  #colorable: Colorable | undefined;

  /** The block whose element this is, if it is one. */
  static of(element: Element): CodeBlock | undefined {
    return blocks.get(element);
  }

  /** The element's own block, or all blocks inside it. */
  static within(root: Element | Document): CodeBlock[] {
    const own = root instanceof Element && blocks.get(root);
    if (own) return [own];
    return [...root.querySelectorAll(".code")].flatMap((element) => blocks.get(element) ?? []);
  }

  /** Creates a block from the `pre` of the Markdown renderer. */
  static from(pre: HTMLPreElement): CodeBlock {
    const block = new CodeBlock(pre.dataset.language ?? "");
    block.#setCode(pre.textContent);
    return block;
  }

  /**
   * @param info the fence's info string: it begins with the language's name, or is empty.
   * @param title instead of the language, of code that is only to be read and copied.
   */
  constructor(info: string, title?: string) {
    this.#name = languageOf(info);
    const language = languageNamed(this.#name);
    const code = document.createElement("code");
    this.#lines = new Lines(code, language === "diff" ? diffLine : undefined);
    if (language) this.#colorable = { language, color: this.#lines.color, fade: this.#lines.fade };
    this.#actions = new CodeActions(this.#name, () => this.#lines.text, {
      wrap: () => this.element.classList.toggle("wrapped"),
      title,
    });
    const pre = document.createElement("pre");
    // The keyboard can scroll it sideways.
    pre.tabIndex = 0;
    pre.append(code);
    this.element.className = "code";
    this.element.dir = "ltr";
    this.element.append(this.#actions.element, pre);
    this.#folding = new Folding(this.element, pre);
    blocks.set(this.element, this);
  }

  unfold(): void {
    this.#folding.unfold();
  }

  get colorable(): Colorable | undefined {
    return this.#colorable;
  }

  /** Takes the code of a block that was rendered again. Returns false if that is in another language. */
  takeOver(pre: HTMLPreElement): boolean {
    if ((pre.dataset.language ?? "") !== this.#name) return false;
    this.#setCode(pre.textContent);
    return true;
  }

  /** Shows code that is complete so far. */
  show(code: string): void {
    this.#setCode(code);
    this.complete();
  }

  /** Adds whole lines. */
  append(lines: string[]): void {
    this.#lines.append(lines);
    this.#changed();
  }

  /** Sets the incomplete line after the last whole one; empty: there is none. */
  setOpenLine(line: string): void {
    this.#lines.setOpenLine(line);
    this.#changed();
  }

  /** The block is complete and can be used. */
  complete(): void {
    this.#actions.enable();
    this.#lines.complete();
    this.#changed();
  }

  #setCode(code: string): void {
    this.#lines.set(code === "" ? [] : code.replace(/\n$/, "").split("\n"));
    this.#changed();
  }

  #changed(): void {
    this.#folding.setLines(this.#lines.count);
    if (this.#colorable) scheduleColoring(this.#colorable);
  }
}

/** The class of a diff's line. */
function diffLine(line: string): string {
  if (line.startsWith("+") && !line.startsWith("+++ ")) return "added";
  return line.startsWith("-") && !line.startsWith("--- ") ? "removed" : "";
}

recolorOnThemeChange(() => CodeBlock.within(document).flatMap(({ colorable }) => colorable ?? []));
