/** Reads a piece of a reply, or a whole reply: endpoints send the same data in many forms. Pure. */
import * as z from "zod";

/** Some endpoints write numbers as text. */
const count = z.coerce.number().int().nonnegative().optional().catch(undefined);
const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).optional().catch(undefined),
  completion_tokens_details: z.object({ reasoning_tokens: count }).optional().catch(undefined),
});
/** llama-server's extra fields. */
const timings = z.object({ predicted_n: count }).optional().catch(undefined);
const progress = z.object({ total: z.number(), cache: z.number(), processed: z.number() }).optional().catch(undefined);

/** `args`: text, or from some endpoints the object itself. */
export type CallPiece = { index: number | undefined; id: string; name: string; args: unknown };

export type Chunk = {
  /** The endpoint's id of the reply. */
  id?: string;
  thought: string;
  text: string;
  calls: CallPiece[];
  /** The endpoint's reason for the end of the reply. */
  finish?: string;
  usage?: z.infer<typeof usage>;
  /** Tokens written so far, from llama-server. */
  predicted?: number;
  progress?: z.infer<typeof progress>;
};

/** Reads one event or a whole reply. Undefined if the value is not an object. Never throws. */
export function toChunk(value: unknown): Chunk | undefined {
  if (!isRecord(value)) return undefined;
  const choice = choiceOf(value);
  const content = contentOf(choice);
  const { thought, text } = textsOf(content);
  const finish = typeof choice.finish_reason === "string" ? choice.finish_reason : "";
  return {
    id: typeof value.id === "string" ? value.id : undefined,
    thought,
    text,
    calls: callsOf(content),
    finish: /^(?:null|none)?$/i.test(finish) ? undefined : finish,
    usage: usage.safeParse(value.usage ?? choice.usage).data,
    predicted: timings.parse(value.timings)?.predicted_n,
    progress: progress.parse(value.prompt_progress),
  };
}

/** Whether the value has the form of a completion, or of a part of one. */
export const hasChoices = (value: unknown): boolean => isRecord(value) && Array.isArray(value.choices);

/** The first choice; empty if there is none. No request asks for more than one. */
export function choiceOf({ choices }: Record<string, unknown>): Record<string, unknown> {
  const all = Array.isArray(choices) ? choices.filter(isRecord) : [];
  return all.find(({ index }) => Number(index ?? 0) === 0) ?? {};
}

/** A piece's `delta`, a whole reply's `message`, or the `text` of the older completions API. */
function contentOf({ delta, message, text }: Record<string, unknown>): Record<string, unknown> {
  if (isRecord(delta)) return delta;
  return isRecord(message) ? message : { content: text };
}

/**
 * Thoughts: vLLM, llama-server and NIM use `reasoning_content`; OpenRouter, Ollama, Together and later vLLMs use
 * `reasoning`; Mistral puts them among the parts of the content.
 */
function textsOf(fields: Record<string, unknown>) {
  const { content, reasoning_content, reasoning, thinking, reasoning_details, refusal } = fields;
  const parts = partsOf(content);
  const thought =
    [reasoning_content, reasoning, thinking, reasoning_details].map(flat).find((text) => text !== "") ?? "";
  return { thought: thought + parts.thought, text: parts.text + flat(refusal) };
}

function partsOf(content: unknown): { thought: string; text: string } {
  if (Array.isArray(content)) {
    const parts = content.map(partsOf);
    return { thought: parts.map(({ thought }) => thought).join(""), text: parts.map(({ text }) => text).join("") };
  }
  const isThought = isRecord(content) && /think|reason/.test(`${content.type} ${Object.keys(content)}`);
  return isThought ? { thought: flat(content), text: "" } : { thought: "", text: flat(content) };
}

/** The text in any of its forms: a string, parts, or a part with its text in one of several fields. */
function flat(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(flat).join("");
  if (!isRecord(value)) return "";
  const { text, thinking, reasoning, summary, refusal, content, value: inner } = value;
  return flat(text ?? thinking ?? reasoning ?? summary ?? refusal ?? content ?? inner);
}

/** `function_call` is OpenAI's older form. */
function callsOf({ tool_calls, function_call }: Record<string, unknown>): CallPiece[] {
  const all = Array.isArray(tool_calls) ? tool_calls : isRecord(tool_calls) ? [tool_calls] : [];
  const pieces = isRecord(function_call) ? [...all, { index: 0, function: function_call }] : all;
  return pieces.filter(isRecord).map((piece) => {
    const { name, arguments: args } = isRecord(piece.function) ? piece.function : piece;
    return {
      index: numberOf(piece.index),
      id: typeof piece.id === "number" ? String(piece.id) : textOf(piece.id),
      name: textOf(name),
      args: args ?? undefined,
    };
  });
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const numberOf = (value: unknown) => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

/** Whether the value is an object and not a list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
