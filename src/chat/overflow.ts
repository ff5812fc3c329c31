/** Suggests what to leave out of a prompt that is too long. */
import type { Attachment, Composer, RemovableItem } from "../../media/messages.ts";
import type { CountResult } from "../../server/protocol.ts";

/** Tokens that a useful reply needs at least. */
const ROOM_FOR_REPLY = 128;
const MOST_DROPS = 4;

/** Largest first. Undefined if the prompt fits without earlier turns, which the server drops by itself. */
export function overflowOf(count: CountResult, attachments: readonly Attachment[]): Composer["overflow"] {
  const earlier = count.messages.slice(0, -1).reduce((sum, tokens) => sum + tokens, 0);
  const excess = count.promptTokens - earlier + ROOM_FOR_REPLY - count.contextTokens;
  if (excess <= 0) return undefined;
  const drops = attachments.map(({ id, label, tokens = 0 }): RemovableItem => ({ label, tokens, attachment: id }));
  const largest = drops.filter(({ tokens }) => tokens > 0).sort((a, b) => b.tokens - a.tokens);
  return { excess, drops: largest.slice(0, MOST_DROPS) };
}
