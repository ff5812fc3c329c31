import type { CountTokensParams, CountTokensResult, Message } from "../../protocol.ts";
import type { FeatureDeps } from "../deps.ts";

const SYSTEM: Message = { role: "system", content: "" };
/** A tool's result needs a call before it. */
const CALL: Message = { role: "assistant", content: "", toolCalls: [{ name: "tool", arguments: {} }] };
/** Ends the turn before it: text after a message's content would belong to its turn. */
const END: Message = { role: "assistant", content: "" };

/**
 * Throws PromptError for messages that cannot follow one another, and EngineError without a model to count tokens with.
 */
export async function countTokens(
  { texts = [], messages = [] }: CountTokensParams,
  { engine }: FeatureDeps,
  signal: AbortSignal,
): Promise<CountTokensResult> {
  const [counted, together] = await Promise.all([
    engine.countTokens(texts, signal),
    messages.length === 0 ? 0 : countTurns(messages, (messages) => engine.countPrompt({ messages }, signal)),
  ]);
  return { texts: counted, messages: together };
}

async function countTurns(messages: Message[], countPrompt: (messages: Message[]) => Promise<number>): Promise<number> {
  const calls = messages[0]?.role === "tool" ? [CALL] : [];
  const system = messages[0]?.role === "system" ? [] : [SYSTEM];
  const [whole, frame] = await Promise.all([
    countPrompt([...system, ...calls, ...messages, END]),
    countPrompt([SYSTEM, ...calls, END]),
  ]);
  return whole - frame;
}
