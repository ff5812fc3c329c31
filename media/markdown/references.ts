/** What refers to a target is drawn as it is written until the target comes: see referenceRules.ts. */
import type { Tokens } from "./tokens.ts";

type Target = { href: string; title: string } | "note";

export class References {
  readonly #targets = new Map<string, Target>();

  /** Takes in the targets among the tokens; of several with one label the first counts. @returns whether there is a new one. */
  add(tokens: Tokens): boolean {
    const before = this.#targets.size;
    for (const { type, meta, attrs } of tokens) {
      const isNote = type === "note_open";
      if (!isNote && type !== "definition") continue;
      const label = String(isNote ? attrs?.[1]?.[1] : meta?.label);
      if (this.#targets.has(label)) continue;
      this.#targets.set(label, isNote ? "note" : { href: String(meta?.href), title: String(meta?.title) });
    }
    return this.#targets.size > before;
  }

  /** Makes links of what refers to a target that is known. */
  resolve(root: ParentNode): void {
    for (const reference of root.querySelectorAll<HTMLElement>(".reference")) {
      const target = this.#targets.get(reference.dataset.ref ?? "");
      if (!target || reference.parentElement?.closest("a, .reference")) continue;
      for (const mark of reference.querySelectorAll(":scope > .mark")) mark.remove();
      reference.replaceWith(target === "note" ? noteLink(reference) : link(reference, target));
    }
    for (const note of root.querySelectorAll<HTMLElement>(".footnote:not(:has(.note-label))")) {
      const label = document.createElement("span");
      label.className = "note-label";
      label.textContent = `${note.dataset.ref?.slice(1)}. `;
      note.querySelector("p")?.prepend(label);
    }
  }
}

function link(reference: HTMLElement, { href, title }: Exclude<Target, "note">): Element {
  const isPlace = !/^[a-z][a-z\d+.-]*:/i.test(href);
  const element = document.createElement(isPlace ? "span" : "a");
  if (isPlace) {
    element.className = "place";
    element.dataset.ref = href;
  } else element.setAttribute("href", href);
  if (title) element.title = title;
  element.append(...reference.childNodes);
  return element;
}

/** It leads to the note, by the mouse and the keyboard. */
function noteLink(reference: HTMLElement): Element {
  const element = document.createElement("sup");
  element.className = "note-link";
  element.dataset.ref = reference.dataset.ref;
  element.role = "link";
  element.tabIndex = 0;
  element.textContent = reference.textContent.replace(/^\^/, "");
  return element;
}
