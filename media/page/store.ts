/** The page's state, and the drawing of it: at most once a frame, however many messages come. */
import { useEffect, useState } from "preact/hooks";
import type { ToPage } from "../messages.ts";
import { EMPTY, type PageState, reduce } from "./state.ts";

let state = EMPTY;
let scheduled = false;
const watchers = new Set<(state: PageState) => void>();

export function receive(message: ToPage): void {
  const next = reduce(state, message);
  if (next === state) return;
  state = next;
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const watcher of watchers) watcher(state);
  });
}

export function usePageState(): PageState {
  const [drawn, draw] = useState(state);
  useEffect(() => {
    draw(state);
    watchers.add(draw);
    return () => void watchers.delete(draw);
  }, []);
  return drawn;
}
