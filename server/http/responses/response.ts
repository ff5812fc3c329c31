/** A response of OpenAI's API while it grows: its items and the events of its stream. */
import { randomBytes } from "node:crypto";
import type { Usage } from "../../protocol.ts";
import { parseJson } from "../../shared/depth.ts";
import type { ApiError } from "../exchange/errors.ts";
import type { ReplyPart } from "../exchange/replyParts.ts";
import type { Body, Item } from "./body.ts";
import { freeformNames } from "./request.ts";

type Open = { item: Item & { id: string }; text: string };
type Event = { type: string; sequence_number: number } & Record<string, unknown>;
type Status = "in_progress" | "completed" | "incomplete" | "failed";

const newId = (kind: string) => `${kind}_${randomBytes(16).toString("hex")}`;

export class GrowingResponse {
  readonly id = newId("resp");
  readonly output: Item[] = [];
  private readonly body: Body;
  private readonly freeform: Set<string>;
  private readonly created = Math.floor(Date.now() / 1000);
  private readonly model: string;
  private open: Open | undefined;
  private sequence = 0;
  /** White space between items is no item. */
  private space = "";

  constructor(body: Body, model: string) {
    this.body = body;
    this.freeform = freeformNames(body);
    this.model = model;
  }

  /** The events of a reply; `undefined` while the prompt is read. Throws what the reply throws. */
  async *events(parts: AsyncIterable<ReplyPart> | Iterable<ReplyPart>): AsyncGenerator<Event | undefined> {
    yield this.event("response.created", { response: this.snapshot("in_progress") });
    yield this.event("response.in_progress", { response: this.snapshot("in_progress") });
    for await (const part of parts) {
      if (part.type === "reading") yield undefined;
      else if (part.type === "usage") {
        const status = part.stopReason === "length" ? "incomplete" : "completed";
        yield* this.close(status);
        yield this.event(`response.${status}`, { response: this.snapshot(status, { usage: usageOf(part.usage) }) });
      } else yield* this.take(part);
    }
  }

  /** The last event of a response that fails. */
  failed({ code, message }: ApiError): Event {
    const error = { code: code ?? "server_error", message };
    return this.event("response.failed", { response: this.snapshot("failed", { error }) });
  }

  private *take(part: Exclude<ReplyPart, { type: "reading" | "usage" }>): Generator<Event> {
    switch (part.type) {
      case "thought":
        if (this.open?.item.type !== "reasoning")
          yield* this.begin({ id: newId("rs"), type: "reasoning", summary: [] });
        yield this.add(part.text);
        break;
      case "answer": {
        this.space += part.text;
        if (this.open?.item.type !== "message") {
          if (this.space.trim() === "") break;
          yield* this.begin({ id: newId("msg"), type: "message", role: "assistant", content: [] });
        }
        yield this.add(this.space);
        this.space = "";
        break;
      }
      case "call": {
        const { name } = part;
        const call = { call_id: newId("call"), name };
        this.space = "";
        yield* this.begin(
          this.freeform.has(name)
            ? { id: newId("ctc"), type: "custom_tool_call", ...call, input: "" }
            : { id: newId("fc"), type: "function_call", ...call, arguments: "" },
        );
        yield* this.addArguments(part.text);
        break;
      }
      case "callText":
        yield* this.addArguments(part.text);
        break;
      default:
        part satisfies never;
    }
  }

  private *begin(item: Open["item"]): Generator<Event> {
    yield* this.close("completed");
    this.open = { item, text: "" };
    yield this.itemEvent("added", { ...item, status: "in_progress" });
    if (item.type === "reasoning" || item.type === "message")
      yield this.event("response.content_part.added", { ...this.place(0), part: partOf(item.type, "") });
  }

  private add(delta: string): Event {
    this.open!.text += delta;
    const isThought = this.open!.item.type === "reasoning";
    return this.event(`response.${isThought ? "reasoning_text" : "output_text"}.delta`, {
      ...this.place(0),
      delta,
      ...(!isThought && { logprobs: [] }),
    });
  }

  /** A freeform tool's text is known when its JSON is whole. */
  private *addArguments(delta: string): Generator<Event> {
    if (!this.open) return;
    this.open.text += delta;
    if (this.open.item.type !== "function_call" || delta === "") return;
    yield this.event("response.function_call_arguments.delta", { ...this.place(), delta });
  }

  private *close(status: "completed" | "incomplete"): Generator<Event> {
    if (!this.open) return;
    const { item, text } = this.open;
    const { type } = item;
    let done: Item;
    if (type === "reasoning" || type === "message") {
      const part = partOf(type, text);
      const name = type === "reasoning" ? "reasoning_text" : "output_text";
      yield this.event(`response.${name}.done`, {
        ...this.place(0),
        text,
        ...(type === "message" && { logprobs: [] }),
      });
      yield this.event("response.content_part.done", { ...this.place(0), part });
      done = { ...item, status, content: [part] };
    } else if (type === "function_call") {
      yield this.event("response.function_call_arguments.done", { ...this.place(), name: item.name, arguments: text });
      done = { ...item, status, arguments: text };
    } else {
      const input = inputOf(text);
      if (input !== "") yield this.event("response.custom_tool_call_input.delta", { ...this.place(), delta: input });
      yield this.event("response.custom_tool_call_input.done", { ...this.place(), input });
      done = { ...item, status, input };
    }
    yield this.itemEvent("done", done);
    this.output.push(done);
    this.open = undefined;
  }

  private event(type: string, data: Record<string, unknown>): Event {
    return { type, sequence_number: this.sequence++, ...data };
  }

  private itemEvent(what: "added" | "done", item: Item): Event {
    return this.event(`response.output_item.${what}`, { output_index: this.output.length, item });
  }

  private place(contentIndex?: number) {
    const place = { item_id: this.open!.item.id, output_index: this.output.length };
    return contentIndex === undefined ? place : { ...place, content_index: contentIndex };
  }

  private snapshot(status: Status, more: object = {}) {
    const { body } = this;
    return {
      id: this.id,
      object: "response",
      created_at: this.created,
      status,
      background: false,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      instructions: body.instructions ?? null,
      max_output_tokens: body.max_output_tokens ?? null,
      metadata: body.metadata ?? {},
      model: this.model,
      output: [...this.output],
      parallel_tool_calls: body.parallel_tool_calls ?? true,
      previous_response_id: body.previous_response_id ?? null,
      reasoning: { effort: body.reasoning?.effort ?? "medium", summary: null },
      store: body.store ?? true,
      temperature: body.temperature ?? null,
      text: { format: body.text?.format ?? { type: "text" } },
      tool_choice: body.tool_choice ?? "auto",
      tools: body.tools ?? [],
      top_p: body.top_p ?? null,
      truncation: "disabled",
      usage: null,
      ...more,
    };
  }
}

const partOf = (type: "reasoning" | "message", text: string) =>
  type === "reasoning"
    ? { type: "reasoning_text", text }
    : { type: "output_text", text, annotations: [], logprobs: [] };

function inputOf(json: string): string {
  const args = parseJson(json);
  return typeof args === "object" && args !== null && "input" in args && typeof args.input === "string"
    ? args.input
    : "";
}

function usageOf({ promptTokens, reusedTokens, thoughtTokens, answerTokens }: Usage) {
  const outputTokens = thoughtTokens + answerTokens;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: reusedTokens, cache_write_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: thoughtTokens },
    total_tokens: promptTokens + outputTokens,
  };
}
