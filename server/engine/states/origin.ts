/** Hashes for owners and conversations: an owner's id is a secret and must not be on disk. */
import { createHash } from "node:crypto";
import type { PromptRequest } from "../engine.ts";

/** The state of an owner's conversations is not used for other owners. */
export type Origin = { owner: string; conversation?: string };

/** All requests without an owner share one owner. */
export const originOf = ({ owner = "", conversation }: Pick<PromptRequest, "owner" | "conversation"> = {}): Origin => ({
  owner: hash(["owner", owner]),
  conversation: conversation === undefined ? undefined : conversationKey(owner, conversation),
});

/** The hash of a conversation. The same id with another owner is another conversation. */
export const conversationKey = (owner: string, conversation: string) => hash(["conversation", owner, conversation]);

/** 128 bits: enough against collisions, short enough for a file name. */
const hash = (parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
