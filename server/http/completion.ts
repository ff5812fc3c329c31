/** Replies in the shape of OpenAI's chat completions, whole or piece by piece. */
import { randomBytes } from "node:crypto";
import type { ReplyEvent } from "../engine/engine.ts";
import type { StopReason, ToolCall, Usage } from "../protocol.ts";

type FinishReason = "stop" | "length" | "tool_calls";
type ApiToolCall = { id: string; type: "function"; function: { name: string; arguments: string } };
type Delta = {
  role?: "assistant";
  content?: string;
  reasoning_content?: string;
  tool_calls?: (ApiToolCall & { index: number })[];
};

const FINISH: Record<StopReason, FinishReason> = { stop: "stop", length: "length", toolCalls: "tool_calls" };

export type Head = { id: string; created: number; model: string };
export type CompletionOptions = {
  model: string;
  /** Calls after the first are left out, as `parallel_tool_calls: false` asks for. */
  singleCall: boolean;
};

export function newHead(model: string): Head {
  return { id: `chatcmpl-${randomBytes(12).toString("hex")}`, created: Math.floor(Date.now() / 1000), model };
}

/** Collects a reply. Throws what the reply throws. */
export async function completionOf(events: AsyncIterable<ReplyEvent>, { model, singleCall }: CompletionOptions) {
  let thought = "";
  let answer = "";
  const calls: ApiToolCall[] = [];
  let end: Extract<ReplyEvent, { type: "usage" }> | undefined;
  for await (const event of events) {
    if (event.type === "thought") thought += event.text;
    else if (event.type === "answer") answer += event.text;
    else if (event.type === "toolCall" && !(singleCall && calls.length > 0)) calls.push(apiCall(event.toolCall));
    else if (event.type === "usage") end = event;
  }
  if (!end) throw new Error("The reply ended without its usage.");
  const called = calls.length > 0;
  const message = {
    role: "assistant" as const,
    content: answer === "" && called ? null : answer,
    refusal: null,
    ...(thought !== "" && { reasoning_content: thought }),
    ...(called && { tool_calls: calls }),
  };
  return {
    ...newHead(model),
    object: "chat.completion" as const,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[end.stopReason] }],
    usage: apiUsage(end.usage),
  };
}

/** The data of each event of a streamed completion, and `undefined` where there is only a sign of life to give. */
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
  let calls = 0;
  for await (const event of events) {
    if (event.type === "reading") yield undefined;
    else if (event.type === "thought" && event.text !== "") yield chunk({ reasoning_content: event.text });
    else if (event.type === "answer" && event.text !== "") yield chunk({ content: event.text });
    else if (event.type === "toolCall" && !(singleCall && calls > 0))
      yield chunk({ tool_calls: [{ index: calls++, ...apiCall(event.toolCall) }] });
    else if (event.type === "usage") {
      yield chunk({}, FINISH[event.stopReason]);
      if (includeUsage) yield { ...head, choices: [], usage: apiUsage(event.usage) };
    }
  }
}

function apiCall({ name, arguments: args }: ToolCall): ApiToolCall {
  const id = `call_${randomBytes(12).toString("hex")}`;
  return { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
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
