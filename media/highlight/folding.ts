/** A long block of code shows its beginning until the user expands it. Then its horizontal scroll bar stays in view. */
import { t } from "@vscode/l10n";
import { count } from "../page/format.ts";

/** A block with more lines is folded. */
const LONG = 40;

export class Folding {
  readonly #block: HTMLElement;
  readonly #pre: HTMLElement;
  readonly #more = document.createElement("button");
  #lines = 0;

  /** @param block with the scrolling `pre` in it. */
  constructor(block: HTMLElement, pre: HTMLElement) {
    this.#block = block;
    this.#pre = pre;
    this.#more.type = "button";
    this.#more.className = "code-more";
    this.#more.addEventListener("click", () => this.#fold(!this.#block.classList.contains("folded")));
  }

  /** Shows everything. */
  unfold(): void {
    if (this.#block.classList.contains("folded")) this.#fold(false);
  }

  setLines(lines: number): void {
    const was = this.#lines > LONG;
    this.#lines = lines;
    const long = lines > LONG;
    if (long && !was) {
      this.#block.classList.add("long");
      this.#block.append(sidewaysBar(this.#pre), this.#more);
      this.#fold(true);
    } else if (!long && was) {
      this.#block.classList.remove("long", "folded");
      this.#block.querySelector(".sideways")?.remove();
      this.#more.remove();
    } else if (long) this.#label();
  }

  #fold(folded: boolean): void {
    this.#block.classList.toggle("folded", folded);
    this.#more.ariaExpanded = String(!folded);
    this.#label();
    // The block's beginning stays in view when the lines below it disappear.
    if (folded && this.#block.getBoundingClientRect().top < 0) this.#block.scrollIntoView({ block: "start" });
  }

  #label(): void {
    const folded = this.#block.classList.contains("folded");
    this.#more.textContent = folded ? t("Show All {0} Lines", count(this.#lines)) : t("Show Less");
  }
}

/** The native scroll bar is at the end of the code, perhaps out of view. This scroll bar stays in view. */
function sidewaysBar(pre: HTMLElement): HTMLElement {
  const bar = document.createElement("div");
  const width = document.createElement("div");
  bar.className = "sideways";
  bar.ariaHidden = "true";
  bar.append(width);
  const measure = () => {
    width.style.width = `${pre.scrollWidth}px`;
    bar.hidden = pre.scrollWidth <= pre.clientWidth;
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(pre);
  if (pre.firstElementChild) sizes.observe(pre.firstElementChild);
  bar.addEventListener("scroll", () => {
    pre.scrollLeft = bar.scrollLeft;
  });
  pre.addEventListener("scroll", () => {
    bar.scrollLeft = pre.scrollLeft;
  });
  return bar;
}
