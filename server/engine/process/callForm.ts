/**
 * The form of a reply that must be a call, in parts. Wherever a part leaves no choice, its text need not be sampled:
 * CallGuide says which text comes next. The grammar of the same parts (callGrammar.ts) confines the rest. Pure.
 */
import type { CallFormat } from "../../nemotron/dialect.ts";
import { pythonJson } from "../../nemotron/pythonJson.ts";
import type { Tool } from "../../protocol.ts";
import { supportedSchema } from "./schemaForms.ts";

export type Part =
  | { type: "text"; text: string }
  /** One of several texts. None of them begins another. */
  | { type: "options"; options: string[] }
  /** A JSON string after its opening quote, with its closing quote. */
  | { type: "string" }
  /** A JSON value that matches the schema. Only a grammar knows where it ends. */
  | { type: "value"; schema: object }
  /** Any number of further calls. */
  | { type: "moreCalls"; calls: Part[][] }
  /** A text that cannot become a call, instead of one. */
  | { type: "prose" };

/** `calls`: the possible ones. `single`: exactly one call. `orText`: or a text instead. */
export type CallChoice = { calls: readonly Tool[]; single: boolean; orText: boolean };

/** The possible forms of the reply. Throws EngineError badSchema. */
export function replyForms({ begin, end }: CallFormat, { calls, single, orText }: CallChoice): Part[][] {
  const each = calls.map(callParts);
  const more: Part[] = single ? [] : [{ type: "moreCalls", calls: each.map(joined) }];
  const forms = each.map((parts) => joined([text(`${begin}[`), ...parts, ...more, text(`]${end}`)]));
  return orText ? [...forms, [{ type: "prose" }]] : forms;
}

/** One call, as the chat template writes it. */
function callParts({ name, parameters = {} }: Tool): Part[] {
  const schema = supportedSchema({ type: "object", ...parameters });
  return [text(`{"name": ${JSON.stringify(name)}, "arguments": `), ...argumentParts(schema), text("}")];
}

type ObjectSchema = { properties?: Record<string, Record<string, unknown>>; additionalProperties?: unknown };

function argumentParts(schema: ObjectSchema & Record<string, unknown>): Part[] {
  const properties = Object.entries(schema.properties ?? {});
  const isPlain = properties.length > 0 && schema.additionalProperties === false && !("$defs" in schema);
  if (!isPlain) return [{ type: "value", schema }];
  const members = properties.flatMap(([name, value], i) => [
    text(`${i === 0 ? "{" : ", "}${JSON.stringify(name)}: `),
    ...valueParts(value),
  ]);
  return [...members, text("}")];
}

function valueParts(schema: Record<string, unknown>): Part[] {
  if (schema.const !== undefined) return [text(pythonJson(schema.const))];
  if (Array.isArray(schema.enum)) {
    const options = [...new Set(schema.enum.map(pythonJson))];
    const isClear = options.every((one) => !options.some((other) => other !== one && other.startsWith(one)));
    if (isClear) return [{ type: "options", options }];
  }
  const isString = schema.type === "string" && Object.keys(schema).length === 1;
  return isString ? [text('"'), { type: "string" }] : [{ type: "value", schema }];
}

const text = (text: string): Part => ({ type: "text", text });

/** Joins texts that follow one another. What all options begin with becomes text. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  const add = (part: Part) => {
    const last = result.at(-1);
    if (part.type !== "text") result.push(part);
    else if (last?.type === "text") result[result.length - 1] = text(last.text + part.text);
    else if (part.text !== "") result.push(part);
  };
  for (const part of parts) {
    if (part.type !== "options") add(part);
    else {
      const start = commonStart(part.options);
      add(text(start));
      if (part.options.length > 1)
        add({ type: "options", options: part.options.map((one) => one.slice(start.length)) });
    }
  }
  return result;
}

/** The text that all of these begin with. Never ends in half of a character. */
export function commonStart(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let end = first.length;
  for (const other of others) {
    let same = 0;
    while (same < end && first[same] === other[same]) same++;
    end = same;
  }
  return first.slice(0, end).replace(/[\uD800-\uDBFF]$/, "");
}

/** Follows a reply while it is written. */
export class CallGuide {
  /** The forms that fit the reply so far: what remains of each. */
  private open: readonly (readonly Part[])[];
  /** The end of the reply so far, which belongs to the first of the remaining parts. */
  private text = "";
  /** How far `text` has been searched for the end of a string. */
  private searched = 0;

  constructor(forms: readonly (readonly Part[])[]) {
    this.open = forms;
  }

  /** Whether the reply is complete. */
  get isDone(): boolean {
    return this.open.length === 1 && this.open[0]!.length === 0 && this.text === "";
  }

  /** Adds text that was sampled. */
  push(text: string): void {
    this.text += text;
    if (this.open.length > 1) this.open = this.open.filter((parts) => fits(parts[0], this.text));
    while (this.open.length === 1 && this.endPart());
  }

  /** The text that must come next, which counts as pushed; "" where there is a choice. */
  advance(): string {
    let all = "";
    for (;;) {
      const next = this.next();
      if (next === "") return all;
      all += next;
      this.push(next);
    }
  }

  private next(): string {
    const beginnings = this.open.flatMap(([part]) => beginningsOf(part));
    return commonStart(beginnings.filter((one) => one.startsWith(this.text))).slice(this.text.length);
  }

  /** Removes the first part of the only form if the reply has all of it. Returns whether it has. */
  private endPart(): boolean {
    const [part, ...rest] = this.open[0]!;
    const end = part === undefined ? undefined : this.endOf(part);
    if (end === undefined) return false;
    this.text = this.text.slice(end);
    this.searched = 0;
    this.open = [rest];
    return true;
  }

  private endOf(part: Part): number | undefined {
    if (part.type === "string") return this.endOfString();
    return beginningsOf(part).find((one) => one !== "" && this.text.startsWith(one))?.length;
  }

  private endOfString(): number | undefined {
    while (this.searched < this.text.length) {
      const character = this.text[this.searched];
      if (character === '"') return this.searched + 1;
      // An escaped character can come later than its backslash.
      if (character === "\\" && this.searched + 1 === this.text.length) return undefined;
      this.searched += character === "\\" ? 2 : 1;
    }
    return undefined;
  }
}

/** The texts that a part can begin with; "" for any. */
function beginningsOf(part: Part | undefined): string[] {
  if (part?.type === "text") return [part.text];
  return part?.type === "options" ? part.options : [""];
}

/** Whether a part can begin with this text, or this text with the part. */
function fits(part: Part | undefined, text: string): boolean {
  if (part?.type === "prose") return !text.startsWith("<");
  return beginningsOf(part).some((one) => one.startsWith(text) || text.startsWith(one));
}
