/** Asks an OpenAI endpoint for a streamed reply, and notes when its text comes. */
import { Agent, fetch } from "undici";

export type StreamedReply = {
  /** From the request to the first text, ms. */
  firstMs: number;
  /** From the first text to the end of the stream, ms. */
  restMs: number;
  promptTokens: number;
  /** Those of the prompt that were not known before. */
  readTokens: number;
  replyTokens: number;
  answer: string;
};

/** A large model reads a long prompt for many minutes, and llama-server sends nothing in that time. */
const patient = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
/** Inside of texts, quotes are escaped. */
const SOME_TEXT = /"(?:reasoning_)?content":"[^"]/;

/** Rejects with the signal's reason, or the endpoint's error. */
export async function streamedReply(url: string, body: object, signal?: AbortSignal): Promise<StreamedReply> {
  const started = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
    dispatcher: patient,
    signal,
  });
  if (!response.ok || !response.body) throw new Error(await response.text());
  let first = 0;
  let text = "";
  const decoder = new TextDecoder();
  // The events are parsed when all are there: this process must not slow down the one that it measures.
  for await (const data of response.body) {
    text += decoder.decode(data, { stream: true });
    if (first === 0 && SOME_TEXT.test(text)) first = performance.now();
  }
  const ended = performance.now();
  const reply = parse(text);
  if (first === 0) throw new Error(`The reply has no text: ${text}`);
  return { firstMs: first - started, restMs: ended - first, ...reply };
}

type Event = {
  error?: { message: string };
  choices?: { delta?: { content?: string | null } }[];
  usage?: {
    prompt_tokens: number;
    completion_tokens: number;
    prompt_tokens_details?: { cached_tokens?: number };
  } | null;
};

function parse(text: string) {
  const events = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as Event);
  const failed = events.find(({ error }) => error);
  if (failed) throw new Error(failed.error!.message);
  const usage = events.findLast((event) => event.usage)?.usage;
  if (!usage) throw new Error("The reply ended without its usage.");
  const { prompt_tokens: promptTokens, completion_tokens: replyTokens } = usage;
  return {
    promptTokens,
    readTokens: promptTokens - (usage.prompt_tokens_details?.cached_tokens ?? 0),
    replyTokens,
    answer: events.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join(""),
  };
}
