/** Sends clicks on links to the host, which asks before it opens anything. No link opens by itself. */
import { post } from "../host/host.ts";

/** Moves the focus to the text of a note. */
function showNote(root: HTMLElement, { dataset }: HTMLElement): void {
  const note = [...root.querySelectorAll<HTMLElement>(".footnote")].find((note) => note.dataset.ref === dataset.ref);
  if (!note) return;
  note.tabIndex = -1;
  note.focus({ preventScroll: true });
  note.scrollIntoView({ block: "nearest" });
}

/** @returns a function that removes the listeners. */
export function followLinks(root: HTMLElement, turn: string): () => void {
  const clicked = (event: Event) => {
    const target = event.target instanceof Element ? event.target : undefined;
    const link = target?.closest("a");
    const name = target?.closest<HTMLElement>(".name");
    const note = target?.closest<HTMLElement>(".note-link");
    if (!link && !name && !note) return;
    event.preventDefault();
    // VS Code has a listener on the window that opens links.
    event.stopImmediatePropagation();
    if (event.type === "auxclick") return;
    if (link) post({ type: "openLink", href: link.getAttribute("href") ?? "" });
    else if (name) post({ type: "openName", turn, name: name.dataset.ref ?? name.textContent });
    else if (note) showNote(root, note);
  };
  const pressed = (event: KeyboardEvent) => {
    if (
      (event.key === "Enter" || event.key === " ") &&
      event.target instanceof Element &&
      event.target.matches(".name, .note-link")
    )
      clicked(event);
  };
  const dragged = (event: DragEvent) => event.preventDefault();
  root.addEventListener("click", clicked, true);
  root.addEventListener("auxclick", clicked, true);
  root.addEventListener("keydown", pressed);
  root.addEventListener("dragstart", dragged);
  return () => {
    root.removeEventListener("click", clicked, true);
    root.removeEventListener("auxclick", clicked, true);
    root.removeEventListener("keydown", pressed);
    root.removeEventListener("dragstart", dragged);
  };
}
