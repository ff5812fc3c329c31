import type { ReplyEvent } from "./engine.ts";

/**
 * Appends an event's text to a waiting event of the same kind, which gets the newer token count. Returns false if the
 * two cannot be joined.
 */
export function joinText(waiting: ReplyEvent | undefined, event: ReplyEvent): boolean {
  if (waiting?.type === "callPart" && event.type === "callPart") {
    if (waiting.index !== event.index) return false;
    waiting.text += event.text;
    return true;
  }
  if (!isCounted(waiting) || !isCounted(event) || waiting.type !== event.type) return false;
  waiting.text += event.text;
  waiting.tokens = event.tokens;
  return true;
}

const isCounted = (event?: ReplyEvent) => event?.type === "thought" || event?.type === "answer";
