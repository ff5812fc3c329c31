/** A list or a table on the page. Its items or rows are finished one by one. */
import { CodeBlock } from "../highlight/codeBlock.ts";
import { morph } from "./morph.ts";

export class GrowingListView {
  readonly element: Element;
  /** Number of items of a rendered list that belong to the prefix. A table's prefix is its head. */
  readonly given: number;
  /** The last finished item or row. */
  #settled: ChildNode | null;
  /** A blank line in one place makes the whole list loose. */
  #loose: boolean;

  /** @param element the list or table on the page. All its parts are finished. */
  constructor(element: Element) {
    this.element = element;
    this.given = element.tagName === "TABLE" ? 0 : 1;
    this.#loose = !element.classList.contains("tight");
    this.#settled = null;
    this.#finish();
  }

  /** Draws the open parts, which are now finished. @param element the parts, rendered with their prefix. */
  settle(element: Element): void {
    this.#loose ||= !element.classList.contains("tight");
    this.draw(element);
    this.#finish();
  }

  /** Draws the open parts, which may still change. @param element the parts, rendered with their prefix. */
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

/** The parent of the parts. A table without rows has none, so an empty `tbody` stands in. */
function container(element: Element): Element {
  return element instanceof HTMLTableElement ? (element.tBodies[0] ?? document.createElement("tbody")) : element;
}
