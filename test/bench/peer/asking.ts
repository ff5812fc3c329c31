/** Questions in the same words to both sides. */
import { GRACE_TOKENS } from "../../../server/engine/thoughtBudget.ts";
import { idle } from "../../support/client.ts";
import { processorMs } from "../../support/processes.ts";
import { type StreamedReply, streamedReply } from "../streamedReply.ts";
import type { Server, Side } from "./sides.ts";

export type Message = { role: "user" | "assistant"; content: string };
export type Length = {
  /** Tokens of the reply, without the thought. */
  tokens: number;
  thinks?: boolean;
};

const THOUGHT_TOKENS = 96;
/** Of random words. */
const CHARS_PER_TOKEN = 4;
/** A side rests when its processes use less than this share of one processor, for as long as that. */
const RESTING_SHARE = 0.1;
const RESTING_MS = 500;
/** It should rest after this time at last, ms: a large model reads an answer again in less. */
const LONGEST_MS = 180_000;

export const user = (content: string): Message => ({ role: "user", content });

/**
 * The best token is always taken, so both write the same with the same thoughts behind them. Where the weights are
 * random, nothing but the limits ends a thought or a reply. Ours lets a thought finish its line, within GRACE_TOKENS
 * that random words always use up. So ours gets that much less, and thoughts have the same length.
 */
export function ask(
  { url }: Server,
  messages: Message[],
  { tokens, thinks = false }: Length,
  signal?: AbortSignal,
): Promise<StreamedReply> {
  const limits = thinks && {
    // Each side knows one of these, and leaves the other alone. llama-server's own budgets do not end this template's
    // thoughts.
    reasoning_budget: THOUGHT_TOKENS - GRACE_TOKENS,
    grammar: `root ::= [^<]{0,${THOUGHT_TOKENS * CHARS_PER_TOKEN}} "</think>" .*`,
  };
  // The switch of Nano v2, which both templates take out again.
  const system = { role: "system", content: thinks ? "/think" : "/no_think" };
  const max_tokens = tokens + (thinks ? THOUGHT_TOKENS : 0);
  return streamedReply(url, { messages: [system, ...messages], temperature: 0, max_tokens, ...limits }, signal);
}

/** Asks, and adds both the question and its answer to the conversation. */
export async function say(server: Server, messages: Message[], content: string, length: Length) {
  messages.push(user(content));
  const reply = await ask(server, messages, length);
  messages.push({ role: "assistant", content: reply.answer });
  return reply;
}

/** Waits until the side's processes have nothing more to do: a user reads the answer meanwhile. */
export async function rested(side: Side): Promise<void> {
  for (const end = performance.now() + LONGEST_MS; performance.now() < end; ) {
    const before = processorMs(side.pids());
    await idle(RESTING_MS);
    if (processorMs(side.pids()) - before < RESTING_SHARE * RESTING_MS) return;
  }
  throw new Error(`${side.name} has not come to rest.`);
}
