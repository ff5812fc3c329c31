/** The lines of a code block: an element for each, coloured from the first to the last. */
import type { Paint, State } from "./shiki.ts";

/** The bits of a token's `fontStyle`, as in vscode-textmate. */
const FONT_STYLES = [
  [1, "italic"],
  [2, "bold"],
  [4, "underline"],
  [8, "strikethrough"],
] as const;

/** Lines in one group. The browser does not render groups out of view (content-visibility in code.css). */
const GROUP = 50;

export class Lines {
  readonly #code: HTMLElement;
  readonly #kind: ((line: string) => string) | undefined;
  #lines: string[] = [];
  readonly #elements: HTMLElement[] = [];
  /** Number of lines that will not change. */
  #whole = 0;
  /** Number of lines with final colours, and the grammar's state after them. */
  #colored = 0;
  #state: State;

  /** @param kind the class of a line, beside `line`. */
  constructor(code: HTMLElement, kind?: (line: string) => string) {
    this.#code = code;
    this.#kind = kind;
  }

  get text(): string {
    return this.#lines.join("\n");
  }

  get count(): number {
    return this.#lines.length;
  }

  append(lines: string[]): void {
    for (const line of lines) this.#setLine(this.#whole++, line);
  }

  setOpenLine(line: string): void {
    if (line) this.#setLine(this.#whole, line);
    else this.#shorten(this.#whole);
  }

  /** Replaces all lines. Unchanged lines keep their colours. Afterwards, only the last line is expected to change. */
  set(lines: string[]): void {
    let same = 0;
    while (same < this.#lines.length && this.#lines[same] === lines[same]) same++;
    if (same < this.#colored) this.fade();
    this.#shorten(lines.length);
    for (let line = same; line < lines.length; line++) this.#setLine(line, lines[line]!);
    this.#whole = Math.max(0, lines.length - 1);
  }

  complete(): void {
    this.#whole = this.#lines.length;
  }

  readonly fade = (): void => {
    this.#colored = 0;
    this.#state = undefined;
  };

  readonly color = (paint: Paint, deadline: number): boolean => {
    for (; this.#colored < this.#whole; this.#colored++) {
      if (performance.now() > deadline) return false;
      this.#state = this.#paint(paint, this.#colored);
    }
    if (this.#whole < this.#lines.length) this.#paint(paint, this.#whole);
    return true;
  };

  #setLine(index: number, text: string): void {
    if (this.#lines[index] === text) return;
    const element = this.#elements[index] ?? this.#addLine();
    this.#lines[index] = text;
    element.replaceChildren(text + this.#end(index));
    if (this.#kind) element.className = `line ${this.#kind(text)}`.trim();
  }

  /** Also ends the previous line with a line break, so that the text can be copied as it is. */
  #addLine(): HTMLElement {
    this.#elements.at(-1)?.append("\n");
    const element = document.createElement("span");
    element.className = "line";
    this.#groupOf(this.#elements.push(element) - 1).append(element);
    return element;
  }

  #groupOf(index: number): Element {
    if (index % GROUP > 0) return this.#code.lastElementChild!;
    const group = document.createElement("span");
    group.className = "lines";
    this.#code.append(group);
    return group;
  }

  #shorten(length: number): void {
    if (this.#lines.length <= length) return;
    this.#lines.length = length;
    for (const element of this.#elements.splice(length)) element.remove();
    while (this.#code.lastElementChild?.childElementCount === 0) this.#code.lastElementChild.remove();
    const end = this.#elements.at(-1)?.lastChild;
    if (end instanceof Text && end.data.endsWith("\n")) end.data = end.data.slice(0, -1);
  }

  #end(index: number): string {
    return index < this.#lines.length - 1 ? "\n" : "";
  }

  #paint(paint: Paint, index: number): State {
    const { tokens, after } = paint(this.#lines[index]!, this.#state);
    const spans: (Node | string)[] = [];
    for (const { content, color, fontStyle } of tokens) spans.push(span(content, color, fontStyle ?? 0));
    const end = this.#end(index);
    this.#elements[index]!.replaceChildren(...spans, ...(end ? [end] : []));
    return after;
  }
}

function span(content: string, color: string | undefined, fontStyle: number): Node | string {
  const styles = FONT_STYLES.filter(([bit]) => fontStyle > 0 && fontStyle & bit).map(([, name]) => name);
  if ((!color && styles.length === 0) || !content.trim()) return content;
  const element = document.createElement("span");
  // Set by script, which the content security policy allows. The browser drops a value that is not a colour.
  element.style.color = color ?? "";
  if (styles.length > 0) element.className = styles.join(" ");
  element.textContent = content;
  return element;
}
