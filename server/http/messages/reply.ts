/** Replies in the form of Anthropic's messages, whole or streamed. */
import { randomBytes } from "node:crypto";
import type { ReplyEvent } from "../../engine/engine.ts";
import type { Usage } from "../../protocol.ts";
import { parseJson } from "../../shared/depth.ts";
import { collect, partsOf, type WholeReply } from "../exchange/replyParts.ts";

/** Clients send it back with a thought. Past thoughts are never read, so there is nothing to sign. */
const SIGNATURE = "nemotron-local";

export type ReplyOptions = { model: string; singleCall: boolean };

/** Collects a reply. Throws what the reply throws. */
export async function messageOf(events: AsyncIterable<ReplyEvent>, { model, singleCall }: ReplyOptions) {
  const { thought, answer, calls, end } = await collect(events, singleCall);
  const content: object[] = [];
  if (thought !== "") content.push({ type: "thinking", thinking: thought, signature: SIGNATURE });
  if (answer.trim() !== "") content.push({ type: "text", text: answer });
  // Half a call cannot be carried out. The stop reason says that something is missing.
  for (const call of calls.filter(({ isWhole }) => isWhole))
    content.push(toolUse(call.name, parseJson(call.arguments)));
  return { ...head(model), content, ...stopOf(end), usage: usageOf(end.usage) };
}

/** The data of each event of a streamed message. */
export async function* eventsOf(
  events: AsyncIterable<ReplyEvent>,
  { model, singleCall }: ReplyOptions,
): AsyncGenerator<object> {
  // The number of tokens is known at the end; message_delta has it.
  const usage = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 };
  const started = { ...head(model), content: [], stop_reason: null, stop_sequence: null, usage };
  yield { type: "message_start", message: started };
  yield { type: "ping" };
  let index = -1;
  let open: "thinking" | "text" | "tool_use" | undefined;
  /** White space between blocks is no block. */
  let space = "";
  const start = (content_block: object) => ({ type: "content_block_start", index: ++index, content_block });
  const delta = (delta: object) => ({ type: "content_block_delta", index, delta });
  function* close() {
    if (open === "thinking") yield delta({ type: "signature_delta", signature: SIGNATURE });
    if (open) yield { type: "content_block_stop", index };
    open = undefined;
  }
  for await (const part of partsOf(events, singleCall)) {
    if (part.type === "reading") yield { type: "ping" };
    else if (part.type === "thought") {
      if (open !== "thinking") {
        yield* close();
        yield start({ type: "thinking", thinking: "", signature: "" });
        open = "thinking";
      }
      yield delta({ type: "thinking_delta", thinking: part.text });
    } else if (part.type === "answer") {
      space += part.text;
      if (open !== "text" && space.trim() === "") continue;
      if (open !== "text") {
        yield* close();
        yield start({ type: "text", text: "" });
        open = "text";
      }
      yield delta({ type: "text_delta", text: space });
      space = "";
    } else if (part.type === "call") {
      yield* close();
      space = "";
      yield start(toolUse(part.name, {}));
      open = "tool_use";
      yield delta({ type: "input_json_delta", partial_json: part.text });
    } else if (part.type === "callText") yield delta({ type: "input_json_delta", partial_json: part.text });
    else {
      yield* close();
      yield { type: "message_delta", delta: stopOf(part), usage: usageOf(part.usage) };
      yield { type: "message_stop" };
    }
  }
}

const id = (kind: string) => `${kind}_${randomBytes(12).toString("hex")}`;
const head = (model: string) => ({ id: id("msg"), type: "message" as const, role: "assistant" as const, model });
const toolUse = (name: string, input: unknown) => ({ type: "tool_use", id: id("toolu"), name, input });

const STOP = { stop: "end_turn", length: "max_tokens", toolCalls: "tool_use" } as const;

function stopOf({ stopReason, stopText }: WholeReply["end"]) {
  const stopped = stopReason === "stop" && stopText !== undefined;
  return { stop_reason: stopped ? "stop_sequence" : STOP[stopReason], stop_sequence: stopped ? stopText : null };
}

/** Anthropic counts tokens that need no reading apart from the others. */
const usageOf = ({ promptTokens, reusedTokens, thoughtTokens, answerTokens }: Usage) => ({
  input_tokens: promptTokens - reusedTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: reusedTokens,
  output_tokens: thoughtTokens + answerTokens,
});
