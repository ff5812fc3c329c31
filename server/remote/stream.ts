/**
 * Reads a reply from its response: server-sent events (html.spec.whatwg.org, "Server-sent events"), or one JSON
 * document if the endpoint does not stream. The OpenAI client's own reader supports only events, and no irregular ones.
 */
import { setTimeout } from "node:timers/promises";
import { APIError } from "openai";
import { MAX_DEPTH, parseJson } from "../shared/depth.ts";
import { type Chunk, choiceOf, hasChoices, isRecord, toChunk } from "./chunk.ts";
import { NoReply } from "./noReply.ts";

/** How long to wait for the end of the response after `[DONE]`, or after a chunk with a finish reason, ms. */
const AFTER_DONE_MS = 100;
const AFTER_FINISH_MS = 2000;

/** `done`: the endpoint says that the reply is complete. */
export type Received = Chunk | "done";

/** Throws APIError for an error from the endpoint, NoReply, and read errors. */
export async function* readReply(response: Response): AsyncGenerator<Received> {
  const events = new Events();
  let patience: number | undefined;
  for await (const text of textsOf(response, () => patience)) {
    for (const received of events.push(text)) {
      if (received === "done") patience = AFTER_DONE_MS;
      else if (received.finish !== undefined) patience ??= AFTER_FINISH_MS;
      yield received;
    }
  }
  yield* events.end();
}

/** @param patience how long to wait for more, ms; undefined: without limit. */
async function* textsOf({ body }: Response, patience: () => number | undefined): AsyncGenerator<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const ms = patience();
      const reading = reader?.read();
      const timer = new AbortController();
      const given = ms === undefined ? reading : Promise.race([reading, setTimeout(ms, undefined, timer)]);
      const piece = await given?.finally(() => timer.abort());
      if (!piece || piece.done) break;
      yield decoder.decode(piece.value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await reader?.cancel().catch(() => {});
  }
}

type Form = "events" | "json" | "page";

class Events {
  private readonly lines = new Lines();
  private form: Form | undefined;
  /** The pieces of a whole answer in JSON. */
  private readonly whole: string[] = [];
  /** The response has ended, so a line without an end was cut off. */
  private over = false;
  private name = "";
  private data: string[] = [];
  /** The running event's data, if it was passed on before the event's end. */
  private early: unknown;
  private seen: "nothing" | "something" | "events" = "nothing";

  *push(text: string): Generator<Received> {
    if (this.seen === "nothing" && text.trim() !== "") this.seen = "something";
    this.form ??= formOf(text);
    if (this.form === "page") throw new NoReply("page");
    if (this.isWhole) {
      this.whole.push(text);
      return;
    }
    // One line at a time: text before an error is part of the reply.
    for (const line of this.lines.push(text)) yield* this.line(line);
    if (this.isWhole) this.whole.push(...this.lines.end());
  }

  /** The response has ended. */
  *end(): Generator<Received> {
    this.over = true;
    for (const line of this.lines.end()) yield* this.line(line);
    if (this.isWhole) return yield* wholeReply(this.whole.join(""));
    if (this.seen !== "events") throw new NoReply(this.seen === "nothing" ? "empty" : "garbage");
  }

  private line(indented: string): Received[] {
    if (this.isWhole) {
      this.whole.push(`${indented}\n`);
      return [];
    }
    const line = indented.trimStart();
    if (this.beginsWhole(line)) return this.line(indented);
    if (line === "") return this.dispatch();
    const [, field = "", value = ""] = /^([\w-]*): ?(.*)$/s.exec(line) ?? [];
    if (field === "event") this.setName(value);
    // Earlier llama-servers have a field for errors; Ollama sends them without any field.
    else if (field === "error") return this.take("error", value);
    else if (field === "" && (line.startsWith("{") || line.startsWith("[DONE]"))) return this.take(this.name, line);
    if (field !== "data") return [];
    this.data.push(value);
    // Some endpoints separate events by a single line break, so a complete event is passed on at once.
    return this.data.length === 1 && /^\s*[[{].*[\]}]\s*$/s.test(value) ? this.dispatch(false) : [];
  }

  /** Whether a JSON document has begun. Gateways send comments before they know the form of the answer. */
  private beginsWhole(line: string): boolean {
    const isFirst = this.seen !== "events";
    if (isFirst && line.startsWith("<")) throw new NoReply("page");
    // At the end of the response, such a line is half of an event.
    const mayBegin = line.startsWith("{") && (isFirst || !this.over);
    if (mayBegin && parse(line) === undefined) this.form = "json";
    return this.isWhole;
  }

  private get isWhole(): boolean {
    return this.form === "json";
  }

  /** The name may follow the data, which has been passed on by then. */
  private setName(name: string): void {
    this.name = name;
    if (name === "error" && isRecord(this.early) && "message" in this.early) throw errorOf(this.early);
  }

  /** Passes the event on. @param isComplete false: only if its data is already complete. */
  private dispatch(isComplete = true): Received[] {
    const data = this.data.join("\n").trim();
    if (!isComplete && data !== "[DONE]" && parse(data) === undefined) return [];
    const { name } = this;
    const lines = this.data;
    this.data = [];
    if (isComplete) [this.name, this.early] = ["", undefined];
    else this.early = parse(data);
    return data !== "[DONE]" && lines.length > 1 && parse(data) === undefined
      ? lines.flatMap((line) => this.take(name, line))
      : this.take(name, data);
  }

  private take(name: string, data: string): Received[] {
    if (data === "") return [];
    this.seen = "events";
    if (data.startsWith("[DONE]")) return ["done"];
    const value = parse(data);
    // Plain words keep the connection alive, and are ignored.
    if (value === undefined && !this.over && /^[[{"]/.test(data)) throw new NoReply("garbage");
    const values = name === "error" ? [{ error: value ?? data }] : [value].flat();
    return values.flatMap((value) => {
      throwError(value);
      return toChunk(value) ?? [];
    });
  }
}

/** The form, from the first character other than white space; undefined until it has come. */
function formOf(text: string): Form | undefined {
  const [first] = text.trimStart();
  if (first === undefined) return undefined;
  return first === "<" ? "page" : first === "{" || first === "[" ? "json" : "events";
}

/** Reads one completion. Some endpoints send all chunks of a completion instead, one a line. */
function wholeReply(text: string): Received[] {
  const value = parse(text);
  const values =
    value === undefined
      ? text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map(parse)
      : [value].flat();
  for (const value of values) throwError(value);
  if (!values.some(hasChoices)) {
    // An object without a reply says why there is none.
    if (isRecord(value) && Object.keys(value).length > 0) throw errorOf(value);
    throw new NoReply("garbage");
  }
  return [...values.flatMap((value) => toChunk(value) ?? []), "done"];
}

/** Errors in a stream, or in an answer with a success status. */
function throwError(value: unknown): void {
  if (!isRecord(value)) return;
  const { error = choiceOf(value).error, object, type } = value;
  if (error) throw errorOf(error === true ? value : error);
  if (object === "error" || (type === "error" && !hasChoices(value))) throw errorOf(value);
}

const errorOf = (error: unknown) => new APIError(undefined, error as object, undefined, undefined);

/** There are lists and objects around a tool call's arguments. */
const parse = (text: string) => parseJson(text, 2 * MAX_DEPTH);

/** Splits a text that comes in pieces into lines, which end in a line feed, a carriage return, or both. */
class Lines {
  private rest: string[] = [];
  private afterReturn = false;

  push(text: string): string[] {
    const more = this.afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") this.afterReturn = text.endsWith("\r");
    const lines = more.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? "";
    const [first, ...others] = lines;
    const whole = first === undefined ? [] : [this.rest.join("") + first, ...others];
    if (first !== undefined) this.rest = [];
    if (last !== "") this.rest.push(last);
    return whole;
  }

  end(): string[] {
    const { rest } = this;
    this.rest = [];
    return rest.length > 0 ? [rest.join(""), ""] : [""];
  }
}
