/** Turns and conversations for tests. */
import type { Reply } from "../../../../media/messages.ts";
import {
  newConversation,
  newReply,
  type StoredConversation,
  type StoredTurn,
} from "../../../../src/chat/conversation.ts";
import type { Source } from "../../../../src/context/sources.ts";

/** A finished turn with this answer, unless `change` and `reply` say otherwise. */
export function turn(
  text: string,
  answer: string,
  change: Partial<StoredTurn> = {},
  reply: Partial<Reply> = {},
): StoredTurn {
  return {
    id: text,
    text,
    sources: [],
    links: [],
    dropped: false,
    ...change,
    reply: { ...newReply(256), state: "done", answer, ...reply },
  };
}

export const conversation = (...turns: StoredTurn[]): StoredConversation => ({ ...newConversation("c1", 1000), turns });

/** An attached file of the folder /w. */
export const file = (label = "cart.ts", detail = "src/cart.ts"): Source => ({
  reference: { kind: "file", label, detail },
  item: { type: "file", uri: `file:///w/${detail}` },
});
