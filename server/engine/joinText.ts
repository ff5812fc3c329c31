import type { ReplyEvent } from "./engine.ts";

/** Adds an event's text to one that waits, where both are text of the same kind. The newer count holds. */
export function joinText(waiting: ReplyEvent | undefined, event: ReplyEvent): boolean {
  if (!waiting || !("text" in waiting) || !("text" in event) || waiting.type !== event.type) return false;
  waiting.text += event.text;
  waiting.tokens = event.tokens;
  return true;
}
