/** An endpoint that has been looked at: what it is, what it refuses, and how a reply is asked for. */
import type OpenAI from "openai";
import { APIError } from "openai";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ModelInfo } from "../protocol.ts";
import { validation } from "./answers.ts";
import type { Client } from "./client.ts";
import type { Counter } from "./counter.ts";
import { type Manner, partsThoughts } from "./dialects.ts";
import { endpointError, wordsOf } from "./errors.ts";
import type { Body } from "./request.ts";

/** Besides messages, model and the like, without which there is no reply, all may be left out. */
const NEEDED = ["model", "messages", "stream", "tools", "response_format", "max_tokens"];
/** OpenAI's own: left out only where they are named. */
const STANDARD = ["temperature", "top_p", "seed", "stream_options", "tool_choice", "parallel_tool_calls"];
/** How a server speaks of a parameter that it does not know, without naming it. */
const UNKNOWN =
  /unrecognized|unknown|unexpected|extra(?:neous)? (?:fields?|inputs?|key)|not permitted|additional propert/i;

export class Endpoint {
  readonly info: ModelInfo;
  readonly counter: Counter;
  /** A thought has come in a field of its own, so none will come as text. */
  private hasParted = false;
  private readonly client: Client;
  private readonly apiKey: string | undefined;
  private readonly asFound: Manner;
  /** Parameters that it has refused: they are not sent again. */
  private readonly refused = new Set<string>();

  constructor(client: Client, apiKey: string | undefined, manner: Manner, info: ModelInfo, counter: Counter) {
    this.client = client;
    this.apiKey = apiKey;
    this.asFound = manner;
    this.info = info;
    this.counter = counter;
  }

  get manner(): Manner {
    const cannotContinue = this.refused.has("continue_final_message") || this.refused.has("add_generation_prompt");
    return cannotContinue ? { ...this.asFound, continuation: "again" } : this.asFound;
  }

  /** Where a thought comes as text, it begins inside: Nano v2's template has opened it. */
  get opensInThought(): boolean {
    return this.asFound.words && !partsThoughts(this.asFound.dialect) && !this.hasParted;
  }

  partsThoughts(): void {
    this.hasParted = true;
  }

  /** Asks for a reply; asks again without what the endpoint refuses. Throws what the client throws. */
  async open(build: (manner: Manner) => Body, signal: AbortSignal): Promise<AsyncIterable<ChatCompletionChunk>> {
    const wanted = build(this.manner);
    const body = Object.fromEntries(Object.entries(wanted).filter(([name]) => !this.refused.has(name)));
    try {
      return await this.chat.create(
        { ...body, model: wanted.model, messages: wanted.messages, stream: true },
        { signal },
      );
    } catch (error) {
      const names = refusedBy(error, Object.keys(body));
      if (names.length === 0) throw error;
      for (const name of names) this.refused.add(name);
      return this.open(build, signal);
    }
  }

  /** By its name. @param midReply some of a reply has come. */
  named(error: unknown, midReply: boolean): Error {
    return endpointError(error, {
      host: this.info.remote?.host ?? "",
      model: this.manner.model,
      apiKey: this.apiKey,
      contextTokens: this.info.contextTokens,
      midReply,
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private get chat(): OpenAI["chat"]["completions"] {
    return this.client.openai.chat.completions;
  }
}

/** Of the parameters that were sent, those that an error is about. */
function refusedBy(error: unknown, sent: readonly string[]): string[] {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return [];
  const optional = sent.filter((name) => !NEEDED.includes(name));
  // Not the whole body: it may repeat what the user has written.
  const text = [error.param ?? "", ...placesOf(error.error), wordsOf(error)].join(" ");
  const named = optional.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  if (named.length > 0) return named;
  return UNKNOWN.test(text) ? optional.filter((name) => !STANDARD.includes(name)) : [];
}

/** FastAPI's `detail[].loc`: where in the body something is wrong. */
function placesOf(body: unknown): string[] {
  const { data } = validation.safeParse(body);
  return data?.detail.flatMap(({ loc }) => loc.map(String)) ?? [];
}
