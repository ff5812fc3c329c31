/** Decides what to save of a conversation when another one takes its slot. */
import type { PrepareRequest, RespondRequest } from "../engine.ts";
import type { AdoptOptions } from "./slot.ts";

/** From this many tokens on, reading a prompt again takes longer than writing and loading its state, on any machine. */
const LONG_TOKENS = 4096;

/**
 * A state of the 9B takes 139 MiB and more. It is worth saving on disk when the conversation has continued, when the
 * client has named it, or when reading it again would take longer. Otherwise it may still continue: it is kept in memory.
 * @param tokens number of tokens in the prompt.
 * @param single see AskedBefore.isSingle.
 */
export function savingOptions(kind: RespondRequest["kind"], tokens: number, single: boolean): AdoptOptions {
  if (kind === "once") return {};
  return { keepIn: !single || tokens >= LONG_TOKENS ? "disk" : "memory", sharedOnce: single };
}

/**
 * For a prompt that is read ahead. A system prompt alone is not a conversation: it is saved as a shared prefix when all
 * of it has been read, and a part of it is not worth saving.
 */
export function prepareSavingOptions({ messages, reply }: PrepareRequest): AdoptOptions {
  const hasBegun = messages.some(({ role }) => role !== "system");
  const isWorthSaving = hasBegun && reply?.kind !== "once";
  return { keepIn: isWorthSaving ? "disk" : undefined, draft: messages.at(-1)?.role === "user" };
}
