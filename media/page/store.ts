/** The page's state, drawn at most once a frame. */
import { useEffect, useState } from "preact/hooks";
import type { ToPage } from "../messages.ts";
import { EMPTY, type PageState, reduce } from "./state.ts";

let state = EMPTY;
let scheduled = false;
const watchers = new Set<(state: PageState) => void>();

/** Applies a message of the host. */
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

/** The state, drawn again after each change. */
export function usePageState(): PageState {
  const [drawn, draw] = useState(state);
  useEffect(() => {
    draw(state);
    watchers.add(draw);
    return () => void watchers.delete(draw);
  }, []);
  return drawn;
}
