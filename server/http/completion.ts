/** Replies in the form of OpenAI's chat completions, whole or streamed. */
import { randomBytes } from "node:crypto";
import type { ReplyEvent } from "../engine/engine.ts";
import { END_THINK } from "../nemotron/tags.ts";
import type { StopReason, ToolCall, Usage } from "../protocol.ts";

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
  let thought = "";
  let answer = "";
  const calls = new Map<number, ApiToolCall>();
  let whole = 0;
  let end: Extract<ReplyEvent, { type: "usage" }> | undefined;
  for await (const event of events) {
    if (event.type === "thought") thought += event.text;
    else if (event.type === "answer") answer += event.text;
    else if (event.type === "revised") ({ thought, answer } = event);
    else if (event.type === "callPart") {
      // A call that was cut off is reported as OpenAI does: its arguments end where the reply does.
      const call = calls.get(event.index) ?? apiCall(event.name ?? "");
      call.function.arguments += event.text;
      calls.set(event.index, call);
    } else if (event.type === "toolCall") calls.set(whole++, apiCall(event.toolCall.name, argumentsOf(event.toolCall)));
    else if (event.type === "usage") end = event;
  }
  if (!end) throw new Error("The reply ended without its usage.");
  const listed = [...calls.values()].slice(0, singleCall ? 1 : undefined);
  const called = listed.length > 0;
  const message = {
    role: "assistant" as const,
    content: answer === "" && called ? null : answer,
    refusal: null,
    ...(thought !== "" && { reasoning_content: thought }),
    ...(called && { tool_calls: listed }),
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
  /** Number of calls that have been sent at least in part, and number of complete calls. */
  let [begun, whole] = [0, 0];
  let sent = { thought: "", answer: "" };
  for await (const event of events) {
    if (event.type === "reading") yield undefined;
    else if ((event.type === "thought" || event.type === "answer") && event.text !== "") {
      sent[event.type] += event.text;
      yield chunk({ [event.type === "thought" ? "reasoning_content" : "content"]: event.text });
    } else if (event.type === "revised") {
      const { thought, answer } = missing(sent, event);
      if (thought !== "") yield chunk({ reasoning_content: thought });
      if (answer !== "") yield chunk({ content: answer });
      sent = { thought: event.thought, answer: event.answer };
    } else if (event.type === "callPart" && !(singleCall && event.index > 0)) {
      const { index, name, text } = event;
      begun = index + 1;
      yield chunk({
        tool_calls: [name === undefined ? { index, function: { arguments: text } } : { index, ...apiCall(name, text) }],
      });
    } else if (event.type === "toolCall") {
      const index = whole++;
      // Some engines report calls only when they are complete.
      if (index < begun || (singleCall && index > 0)) continue;
      begun = whole;
      yield chunk({ tool_calls: [{ index, ...apiCall(event.toolCall.name, argumentsOf(event.toolCall)) }] });
    } else if (event.type === "usage") {
      yield chunk({}, FINISH[event.stopReason]);
      if (includeUsage) yield { ...head, choices: [], usage: apiUsage(event.usage) };
    }
  }
}

type Texts = { thought: string; answer: string };

/**
 * The text still to send when a reply is revised. Sent text cannot be withdrawn. If a thought was sent as the answer,
 * a closing tag follows it there, as from endpoints that do not separate the two.
 */
function missing(sent: Texts, now: Texts): Texts {
  const rest = (type: keyof Texts) =>
    now[type].startsWith(sent[type]) ? now[type].slice(sent[type].length) : undefined;
  return {
    thought: rest("thought") ?? (sent.thought.startsWith(now.thought) ? "" : `\n\n${now.thought}`),
    answer: rest("answer") ?? `\n${END_THINK}\n\n${now.answer}`,
  };
}

function apiCall(name: string, args = ""): ApiToolCall {
  return { id: `call_${randomBytes(12).toString("hex")}`, type: "function", function: { name, arguments: args } };
}

const argumentsOf = (call: ToolCall) => JSON.stringify(call.arguments);

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
