/**
 * Draws Markdown that grows at its end. Finished parts are rendered once and never touched again. Only the open end is
 * rendered again: the last block, the last item of a list, the last row of a table, the last line of code. So the cost
 * of a token does not grow with the reply. In the end, the page is as if everything had been rendered at once.
 */
import { CodeBlock } from "../highlight/codeBlock.ts";
import { offsetOf, openPart, topBlocks, withoutOpenMath } from "./blocks.ts";
import { closesFence, type Fence, mayCloseFence, openingFence } from "./fence.ts";
import { elementsOf, parse } from "./fragment.ts";
import { GrowingListView } from "./growingList.ts";
import { closeOpenMarkup, withoutUndecided } from "./mend.ts";
import { morph } from "./morph.ts";
import { markNames } from "./names.ts";
import { References } from "./references.ts";
import type { Tokens } from "./tokens.ts";

/** What the open end is part of. */
type Open =
  | { type: "blocks" }
  | { type: "fence"; fence: Fence; block: CodeBlock }
  | { type: "parts"; prefix: string; view: GrowingListView };

/** Blocks in one group. The browser does not render groups out of view (content-visibility in answer.css). */
const GROUP = 16;

export class Stream {
  readonly #answer: Element;
  /** The element that contains the open end: the last group. */
  #root: Element;
  #names: ReadonlySet<string> = new Set();
  #references = new References();
  #source = "";
  /** The text whose elements may still change. */
  #tail = "";
  /** How many characters of the tail have been searched for finished parts. */
  #examined = 0;
  /** The last finished child of the root. */
  #settled: Element | null = null;
  #open: Open = { type: "blocks" };

  constructor(answer: Element) {
    this.#answer = answer;
    this.#root = newGroup(answer);
  }

  /** Sets the texts that open code when they are clicked. */
  setNames(names: readonly string[]): void {
    this.#names = new Set(names);
    markNames(this.#answer, this.#names);
  }

  /** @param text the whole text so far. @param final no more text follows. */
  update(text: string, final: boolean): void {
    const source = withNewlines(text, final);
    if (!source.startsWith(this.#source)) this.#reset();
    this.#tail += source.slice(this.#source.length);
    this.#source = source;
    while (this.#settle(final));
    this.#drawTail(final);
    if (final) for (const block of CodeBlock.within(this.#answer)) block.complete();
  }

  #reset(): void {
    this.#answer.replaceChildren();
    this.#root = newGroup(this.#answer);
    this.#references = new References();
    this.#source = "";
    this.#settled = null;
    this.#continueWith({ type: "blocks" }, "");
  }

  #continueWith(open: Open, tail: string): void {
    this.#open = open;
    this.#tail = tail;
    this.#examined = 0;
  }

  /** @returns whether something was finished, so that there may be more. */
  #settle(final: boolean): boolean {
    if (this.#open.type === "fence") return this.#settleCode(this.#open, final);
    // Only whole lines show what a block is.
    const end = final ? 0 : this.#tail.lastIndexOf("\n") + 1;
    if (end <= this.#examined) return false;
    this.#examined = end;
    const lines = this.#tail.slice(0, end);
    return this.#open.type === "parts" ? this.#settleParts(this.#open, lines) : this.#settleBlocks(lines);
  }

  /** All top-level blocks but the last are finished. In a list or a table, everything but its open part is finished. */
  #settleBlocks(text: string): boolean {
    const tokens = parse(text);
    const blocks = withoutOpenMath(tokens, topBlocks(tokens));
    const [lines, last] = [text.split("\n"), blocks.at(-1)];
    if (!last) return false;
    if (blocks.length > 1) {
      this.#settleElements(this.#elementsOf(tokens.slice(0, last.index)));
      this.#continueWith({ type: "blocks" }, this.#tail.slice(offsetOf(lines, last.line)));
      return true;
    }
    const fence = tokens[0]?.type === "fence" && openingFence(lines[last.line]!);
    if (fence) {
      const block = new CodeBlock(fence.info);
      morph(this.#root, this.#settled, [block.element]);
      this.#continueWith({ type: "fence", fence, block }, this.#tail.slice(offsetOf(lines, last.line + 1)));
      return true;
    }
    const part = openPart(tokens, lines, 0);
    if (!part) return false;
    morph(this.#root, this.#settled, this.#elementsOf(tokens.slice(0, part.index)));
    const view = new GrowingListView(this.#firstOpen!);
    this.#continueWith({ type: "parts", prefix: part.prefix, view }, this.#tail.slice(offsetOf(lines, part.line)));
    return true;
  }

  #settleParts(open: Open & { type: "parts" }, text: string): boolean {
    const { prefix, view } = open;
    const tokens = parse(prefix + text);
    const blocks = topBlocks(tokens);
    const [, next] = blocks;
    if (next && withoutOpenMath(tokens, blocks).length < 2) return false;
    const lines = (prefix + text).split("\n");
    const part = next ? { ...next, prefix: "" } : openPart(tokens, lines, view.given);
    if (!part) return false;
    const [element] = this.#elementsOf(tokens.slice(0, part.index));
    view.settle(element!);
    const rest = this.#tail.slice(offsetOf(lines, part.line) - prefix.length);
    if (next) this.#settleElements([view.element]);
    this.#continueWith(next ? { type: "blocks" } : { ...open, prefix: part.prefix }, rest);
    return true;
  }

  #settleCode({ fence, block }: Open & { type: "fence" }, final: boolean): boolean {
    const end = final ? this.#tail.length : this.#tail.lastIndexOf("\n") + 1;
    const lines = this.#tail.slice(0, end).split("\n");
    // Nothing follows the last line break yet.
    if (lines.at(-1) === "") lines.pop();
    const closing = lines.findIndex((line) => closesFence(line, fence));
    block.append(closing < 0 ? lines : lines.slice(0, closing));
    this.#tail = this.#tail.slice(closing < 0 ? end : offsetOf(lines, closing + 1));
    if (closing < 0) return false;
    this.#settleElements([block.element]);
    this.#continueWith({ type: "blocks" }, this.#tail);
    return true;
  }

  /** Finishes the next elements of the root. Elements that are already there stay. */
  #settleElements(elements: Element[]): void {
    if (elements.length === 0) return;
    morph(this.#root, this.#settled, elements);
    for (const _ of elements) {
      this.#settled = this.#firstOpen!;
      for (const block of CodeBlock.within(this.#settled)) block.complete();
    }
    if (this.#root.childElementCount < GROUP) return;
    this.#root = newGroup(this.#answer);
    this.#settled = null;
  }

  /** The tokens may contain targets of earlier references, which are resolved, too. */
  #elementsOf(tokens: Tokens): Element[] {
    if (this.#references.add(tokens)) this.#references.resolve(this.#answer);
    return elementsOf(tokens, this.#names, this.#references);
  }

  get #firstOpen(): Element | null {
    return this.#settled ? this.#settled.nextElementSibling : this.#root.firstElementChild;
  }

  /** Draws the open end, as far as its form is known. */
  #drawTail(final: boolean): void {
    if (this.#open.type === "fence") {
      const { block, fence } = this.#open;
      block.setOpenLine(mayCloseFence(this.#tail, fence) ? "" : this.#tail);
      return;
    }
    const prefix = this.#open.type === "parts" ? this.#open.prefix : "";
    const text = prefix + (final ? this.#tail : withoutUndecided(this.#tail));
    const elements = this.#elementsOf(parse(final ? text : closeOpenMarkup(text)));
    if (this.#open.type === "parts") this.#open.view.draw(elements.shift()!);
    morph(this.#root, this.#open.type === "parts" ? this.#open.view.element : this.#settled, elements);
  }
}

function newGroup(answer: Element): Element {
  const group = document.createElement("div");
  group.className = "blocks";
  answer.append(group);
  return group;
}

/** A carriage return at the end may be half of a line break. */
function withNewlines(text: string, final: boolean): string {
  if (!text.includes("\r")) return text;
  return text.replace(/\r\n?/g, (end, at: number) => (final || at + end.length < text.length ? "\n" : ""));
}
