/** Replies in the form of OpenAI's chat completions, whole or streamed. */
import { randomBytes } from "node:crypto";
import type { ReplyEvent } from "../../engine/engine.ts";
import type { StopReason, Usage } from "../../protocol.ts";
import { collect, partsOf } from "../exchange/replyParts.ts";

type FinishReason = "stop" | "length" | "tool_calls";
type ApiToolCall = { id: string; type: "function"; function: { name: string; arguments: string } };
type CallDelta = { index: number; id?: string; type?: "function"; function: { name?: string; arguments: string } };
type Delta = { role?: "assistant"; content?: string; reasoning_content?: string; tool_calls?: CallDelta[] };

const FINISH: Record<StopReason, FinishReason> = { stop: "stop", length: "length", toolCalls: "tool_calls" };

/** Fields of a completion and of all its chunks. `created`: Unix time, seconds. */
export type CompletionHead = { id: string; created: number; model: string };
export type CompletionOptions = {
  model: string;
  /** Leaves out all calls but the first, for `parallel_tool_calls: false`. */
  singleCall: boolean;
};

function newHead(model: string): CompletionHead {
  return { id: `chatcmpl-${randomBytes(12).toString("hex")}`, created: Math.floor(Date.now() / 1000), model };
}

/** Collects a reply. Throws what the reply throws. */
export async function completionOf(events: AsyncIterable<ReplyEvent>, { model, singleCall }: CompletionOptions) {
  const { thought, answer, calls, end } = await collect(events, singleCall);
  const called = calls.length > 0;
  const message = {
    role: "assistant" as const,
    content: answer === "" && called ? null : answer,
    refusal: null,
    ...(thought !== "" && { reasoning_content: thought }),
    ...(called && { tool_calls: calls.map(({ name, arguments: text }) => apiCall(name, text)) }),
  };
  return {
    ...newHead(model),
    object: "chat.completion" as const,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[end.stopReason] }],
    usage: apiUsage(end.usage),
  };
}

/** The data of each event of a streamed completion; `undefined` while the prompt is read. */
export async function* chunksOf(
  events: AsyncIterable<ReplyEvent>,
  { model, singleCall, includeUsage }: CompletionOptions & { includeUsage: boolean },
): AsyncGenerator<object | undefined> {
  const head = { ...newHead(model), object: "chat.completion.chunk" as const };
  const usage = includeUsage ? { usage: null } : {};
  const chunk = (delta: Delta, finish_reason: FinishReason | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...usage,
  });
  yield chunk({ role: "assistant", content: "" });
  for await (const part of partsOf(events, singleCall)) {
    if (part.type === "reading") yield undefined;
    else if (part.type === "thought") yield chunk({ reasoning_content: part.text });
    else if (part.type === "answer") yield chunk({ content: part.text });
    else if (part.type === "call")
      yield chunk({ tool_calls: [{ index: part.index, ...apiCall(part.name, part.text) }] });
    else if (part.type === "callText")
      yield chunk({ tool_calls: [{ index: part.index, function: { arguments: part.text } }] });
    else {
      yield chunk({}, FINISH[part.stopReason]);
      if (includeUsage) yield { ...head, choices: [], usage: apiUsage(part.usage) };
    }
  }
}

function apiCall(name: string, args: string): ApiToolCall {
  return { id: `call_${randomBytes(12).toString("hex")}`, type: "function", function: { name, arguments: args } };
}

function apiUsage({ promptTokens, reusedTokens, thoughtTokens, answerTokens }: Usage) {
  const completionTokens = thoughtTokens + answerTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: reusedTokens },
    completion_tokens_details: { reasoning_tokens: thoughtTokens },
  };
}
