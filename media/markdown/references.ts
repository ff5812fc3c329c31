/** The targets of an answer's references, and the references that wait for them: see referenceRules.ts. */
import type { Tokens } from "./tokens.ts";

type Target = { href: string; title: string } | "note";

export class References {
  readonly #targets = new Map<string, Target>();

  /** Adds the targets among the tokens. The first target of a label counts. @returns whether any is new. */
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

  /** Turns references whose target is known into links, and labels the notes. */
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

/** A link to the note, for the mouse and the keyboard. */
function noteLink(reference: HTMLElement): Element {
  const element = document.createElement("sup");
  element.className = "note-link";
  element.dataset.ref = reference.dataset.ref;
  element.role = "link";
  element.tabIndex = 0;
  element.textContent = reference.textContent.replace(/^\^/, "");
  return element;
}
