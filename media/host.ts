/** The wire to the extension host, and what the page keeps over a reload. */
import type { ToHost, ToPage } from "./messages.ts";
import { isToPage } from "./page/shape.ts";

/** What survives hiding the view: VS Code drops the page then. */
export type Kept = {
  draft: string;
  /** The conversation that the scroll position belongs to. */
  conversation: string;
  /** px from the top; missing while the page follows the end. */
  scroll?: number;
};

type Listener = (message: ToPage) => void;

const api = acquireVsCodeApi();
const listeners = new Set<Listener>();

export function post(message: ToHost): void {
  api.postMessage(message);
}

/** @returns what ends it. */
export function onMessage(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whatever does not have the shape of a message is ignored. */
export function startListening(): void {
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isToPage(data)) for (const listener of listeners) listener(data);
  });
}

export function kept(): Partial<Kept> {
  const value = api.getState();
  return typeof value === "object" && value !== null ? value : {};
}

export function keep(change: Partial<Kept>): void {
  api.setState({ ...kept(), ...change });
}
