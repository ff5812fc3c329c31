/**
 * Keys that reach the page before its composer has the focus. VS Code first gives the focus to a frame around the page,
 * then to the page. Both have one origin.
 */
export type StrayKeys = { letter: (letter: string) => void; backspace: () => void; enter: () => void };

/** @returns a function that removes the listeners. */
export function listenForStrayKeys({ letter, backspace, enter }: StrayKeys): () => void {
  const pressed = (event: KeyboardEvent) => {
    const { target, key } = event;
    const isOurs = (target as Node | null)?.ownerDocument === document || target === document;
    // Keys are lost only when nothing in the page has the focus.
    if (event.ctrlKey || event.metaKey || event.altKey || (isOurs && target !== document.body)) return;
    if (key.length === 1) letter(key);
    else if (key === "Backspace") backspace();
    else if (key === "Enter") enter();
    else return;
    event.preventDefault();
  };
  const windows = [window, ...around()];
  for (const one of windows) one.addEventListener("keydown", pressed);
  return () => {
    for (const one of windows) one.removeEventListener("keydown", pressed);
  };
}

/** The frame around the page. The window around that frame is the editor's own, and is left alone. */
function around(): Window[] {
  try {
    return window.parent !== window && window.parent.document && window.parent !== window.top ? [window.parent] : [];
  } catch {
    return [];
  }
}
