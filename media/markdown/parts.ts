/** A list or a table on the page, whose items or rows are finished one by one. */
import { CodeBlock } from "../highlight/codeBlock.ts";
import { morph } from "./morph.ts";

export class PartsView {
  readonly element: Element;
  /** How many items of a rendered list belong to the prefix. A table's prefix is its head. */
  readonly given: number;
  /** The last finished item or row. */
  #settled: ChildNode | null;
  /** A blank line in one place makes a list loose as a whole. */
  #loose: boolean;

  /** @param element on the page, all parts of which are finished. */
  constructor(element: Element) {
    this.element = element;
    this.given = element.tagName === "TABLE" ? 0 : 1;
    this.#loose = !element.classList.contains("tight");
    this.#settled = null;
    this.#finish();
  }

  /** @param element the open parts, rendered with their prefix: they are finished. */
  settle(element: Element): void {
    this.#loose ||= !element.classList.contains("tight");
    this.draw(element);
    this.#finish();
  }

  /** The same for parts that may still change. */
  draw(element: Element): void {
    const parts = [...container(element).children].slice(this.given);
    morph(container(this.element), this.#settled, parts);
    if (this.given === 0) return;
    if (this.#loose || !element.classList.contains("tight")) this.element.removeAttribute("class");
    else this.element.className = "tight";
  }

  #finish(): void {
    const parts = container(this.element);
    let part = this.#settled ? this.#settled.nextSibling : parts.firstChild;
    for (; part; part = part.nextSibling) {
      if (part instanceof Element) for (const block of CodeBlock.within(part)) block.complete();
      this.#settled = part;
    }
  }
}

/** The element that the parts are children of; a table without rows has none, and its empty head stands in. */
function container(element: Element): Element {
  return element instanceof HTMLTableElement ? (element.tBodies[0] ?? document.createElement("tbody")) : element;
}
