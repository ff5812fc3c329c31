/** Messages to and from the extension host, and the state that survives a reload of the page. */
import type { ToHost, ToPage } from "../messages.ts";
import { readFromHost } from "./fromHost.ts";

/** State that survives hiding the view. VS Code drops the page when the view is hidden. */
export type SavedState = {
  draft: string;
  /** The conversation that the scroll position belongs to. */
  conversation: string;
  /** px from the top; undefined while the page follows the end. */
  scroll?: number;
};

type Listener = (message: ToPage) => void;

const api = acquireVsCodeApi();
const listeners = new Set<Listener>();

/** Sends a message to the extension host. */
export function post(message: ToHost): void {
  api.postMessage(message);
}

/** @returns a function that removes the listener. */
export function onMessage(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Passes the host's messages to the listeners, and ignores anything that is not a message. */
export function startListening(): void {
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const message = readFromHost(data);
    if (message) for (const listener of listeners) listener(message);
  });
}

/** The state that was saved last; empty if there is none. */
export function savedState(): Partial<SavedState> {
  const value = api.getState();
  return typeof value === "object" && value !== null ? value : {};
}

/** Changes some fields of the saved state. */
export function saveState(change: Partial<SavedState>): void {
  api.setState({ ...savedState(), ...change });
}
