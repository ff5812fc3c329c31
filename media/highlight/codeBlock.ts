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

  static of(element: Element): CodeBlock | undefined {
    return blocks.get(element);
  }

  /** The element's own block, or those inside of it. */
  static within(root: Element | Document): CodeBlock[] {
    const own = root instanceof Element && blocks.get(root);
    if (own) return [own];
    return [...root.querySelectorAll(".code")].flatMap((element) => blocks.get(element) ?? []);
  }

  /** From what the Markdown renderer makes of a code block. */
  static from(pre: HTMLPreElement): CodeBlock {
    const block = new CodeBlock(pre.dataset.language ?? "");
    block.#setCode(pre.textContent);
    return block;
  }

  /** @param info of the fence, a language's name if anything. */
  constructor(info: string) {
    this.#name = languageOf(info);
    const language = languageNamed(this.#name);
    const code = document.createElement("code");
    this.#lines = new Lines(code);
    if (language) this.#colorable = { language, color: this.#lines.color, fade: this.#lines.fade };
    this.#actions = new CodeActions(this.#name, () => this.#lines.text, {
      wrap: () => this.element.classList.toggle("wrapped"),
    });
    const pre = document.createElement("pre");
    // It scrolls sideways, with the keyboard, too.
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

  /** Takes the code of a block rendered anew; returns false if that is in another language. */
  takeOver(pre: HTMLPreElement): boolean {
    if ((pre.dataset.language ?? "") !== this.#name) return false;
    this.#setCode(pre.textContent);
    return true;
  }

  /** Adds whole lines. */
  append(lines: string[]): void {
    this.#lines.append(lines);
    this.#changed();
  }

  /** What there is of the line after the last whole one; empty for none. */
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

recolorOnThemeChange(() => CodeBlock.within(document).flatMap(({ colorable }) => colorable ?? []));
