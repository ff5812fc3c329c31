/** How many tokens something is: by the endpoint's own tokenizer where that is on this machine, else an estimate. */
import type OpenAI from "openai";
import type { PromptRequest } from "../engine/engine.ts";
import { nanoV2 } from "../nemotron/dialects/nanoV2.ts";
import { inputTokens, tokenized } from "./answers.ts";
import type { Manner } from "./dialects.ts";
import { toOpenAI, toOpenAITools } from "./messages.ts";

/** UTF-8 bytes of a token, until replies have told better: code in the vocabularies of today has 3 to 4. */
const BYTES_PER_TOKEN = 3.5;
/** What one reply tells is not believed beyond these. */
const FEWEST_BYTES = 2;
const MOST_BYTES = 6;
/** The frame of a message's turn, tokens. */
const FRAME_TOKENS = 4;
/** A tokenizer that does not answer by then is done without, ms. */
const TOKENIZE_MS = 10_000;

export class Counter {
  private readonly openai: OpenAI;
  private readonly manner: Manner;
  private bytesPerToken = BYTES_PER_TOKEN;
  private hasTokenizer: boolean;

  /**
   * @param leavesMachine what is counted is still being typed: it must not leave the machine before it is sent, so no
   * tokenizer elsewhere is asked.
   */
  constructor(openai: OpenAI, manner: Manner, leavesMachine: boolean) {
    this.openai = openai;
    this.manner = manner;
    this.hasTokenizer = !leavesMachine && (manner.dialect === "llama-server" || manner.dialect === "vllm");
  }

  get estimates(): boolean {
    return !this.hasTokenizer;
  }

  texts(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    return Promise.all(
      texts.map((text) =>
        this.ask(
          () => this.tokenize(text, signal),
          () => this.estimate(text),
          signal,
        ),
      ),
    );
  }

  prompt(request: PromptRequest, signal?: AbortSignal): Promise<number> {
    return this.ask(
      () => this.promptTokens(request, signal),
      () => this.estimatePrompt(request),
      signal,
    );
  }

  estimatePrompt({ messages, tools = [] }: PromptRequest): number {
    const declared = tools.length > 0 ? this.estimate(JSON.stringify(tools)) : 0;
    return messages.reduce((sum, message) => sum + FRAME_TOKENS + this.estimate(nanoV2.messageText(message)), declared);
  }

  /** A reply has told how many tokens its prompt was. */
  learn(request: PromptRequest, promptTokens: number): void {
    const frames = request.messages.length * FRAME_TOKENS;
    const bytes = (this.estimatePrompt(request) - frames) * this.bytesPerToken;
    const measured = bytes / Math.max(1, promptTokens - frames);
    this.bytesPerToken = Math.min(MOST_BYTES, Math.max(FEWEST_BYTES, measured));
  }

  private estimate(text: string): number {
    return Math.ceil(Buffer.byteLength(text) / this.bytesPerToken);
  }

  private async ask(exactly: () => Promise<number>, roughly: () => number, signal?: AbortSignal): Promise<number> {
    if (!this.hasTokenizer) return roughly();
    try {
      return await exactly();
    } catch {
      signal?.throwIfAborted();
      this.hasTokenizer = false;
      return roughly();
    }
  }

  private async tokenize(text: string, signal?: AbortSignal): Promise<number> {
    // Text is text: what looks like a special token in it is none.
    const llama = { content: text, add_special: false, parse_special: false };
    const vllm = { model: this.manner.model, prompt: text, add_special_tokens: false };
    return tokenized.parse(await this.post(this.atRoot("/tokenize"), this.isLlama ? llama : vllm, signal));
  }

  private async promptTokens({ messages, tools = [] }: PromptRequest, signal?: AbortSignal): Promise<number> {
    const { model } = this.manner;
    const declared = tools.length > 0 ? { tools: toOpenAITools(tools) } : {};
    const body = { model, messages: toOpenAI(messages), add_generation_prompt: false, ...declared };
    return this.isLlama
      ? inputTokens.parse(await this.post("/chat/completions/input_tokens", body, signal))
      : tokenized.parse(await this.post(this.atRoot("/tokenize"), body, signal));
  }

  private get isLlama(): boolean {
    return this.manner.dialect === "llama-server";
  }

  private post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    return this.openai.post<unknown>(path, { body, signal, timeout: TOKENIZE_MS, maxRetries: 0 });
  }

  private atRoot = (path: string) => atRoot(this.openai, path);
}

/** Beside the OpenAI API, not below `/v1`. */
export const atRoot = (openai: OpenAI, path: string): string => openai.baseURL.replace(/\/v1\/?$/, "") + path;
