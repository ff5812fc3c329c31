/** Links of an answer lead to the host, which asks before it opens anything, and never anywhere by themselves. */
import { post } from "../host.ts";

/** @returns what ends it. */
export function followLinks(root: HTMLElement, turn: string): () => void {
  const clicked = (event: Event) => {
    const target = event.target instanceof Element ? event.target : undefined;
    const link = target?.closest("a");
    const name = target?.closest("code.name");
    if (!link && !name) return;
    event.preventDefault();
    // VS Code has a listener on the window that opens links.
    event.stopImmediatePropagation();
    if (event.type === "auxclick") return;
    if (link) post({ type: "openLink", href: link.getAttribute("href") ?? "" });
    else if (name) post({ type: "openName", turn, name: name.textContent });
  };
  const pressed = (event: KeyboardEvent) => {
    if (
      (event.key === "Enter" || event.key === " ") &&
      event.target instanceof Element &&
      event.target.matches("code.name")
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
