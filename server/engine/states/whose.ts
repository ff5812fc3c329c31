/** Whose a conversation is: hashes, because an owner is a secret, and what is on disk need not tell it. */
import { createHash } from "node:crypto";
import type { PromptRequest } from "../engine.ts";

/** What the model holds of an owner's conversations is of no use to another owner. */
export type Whose = { owner: string; conversation?: string };

/** Requests without an owner have this one in common. */
export const whose = ({ owner = "", conversation }: Pick<PromptRequest, "owner" | "conversation"> = {}): Whose => ({
  owner: hash(["owner", owner]),
  conversation: conversation === undefined ? undefined : conversationKey(owner, conversation),
});

/** The same id of another owner's is another conversation. */
export const conversationKey = (owner: string, conversation: string) => hash(["conversation", owner, conversation]);

/** 128 bits: enough that nobody finds another text with the same, short enough for a file's name. */
const hash = (parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
