/** Counts tokens with the endpoint's own tokenizer if it runs on this machine; otherwise estimates. */
import type OpenAI from "openai";
import type { PromptRequest } from "../engine/engine.ts";
import { nanoV2 } from "../nemotron/dialects/nanoV2.ts";
import { inputTokens, tokenizeAnswer } from "./answers.ts";
import type { EndpointProfile } from "./endpointKinds.ts";
import { toOpenAI, toOpenAITools } from "./messages.ts";

/** UTF-8 bytes for each token, until replies give a better value: code has 3 to 4 in current vocabularies. */
const BYTES_PER_TOKEN = 3.5;
/** Limits for the value that replies give. */
const MIN_BYTES = 2;
const MAX_BYTES = 6;
/** Framing of a message's turn, tokens. */
const FRAME_TOKENS = 4;
/** Time-out of the tokenizer, ms; after it, tokens are estimated. */
const TOKENIZE_MS = 10_000;

/** Counts tokens for one endpoint. A tokenizer that fails once is not used again. */
export class TokenCounter {
  private readonly openai: OpenAI;
  private readonly profile: EndpointProfile;
  private bytesPerToken = BYTES_PER_TOKEN;
  private hasTokenizer: boolean;

  /**
   * @param leavesMachine whether the endpoint is on another machine. Text that the user is still typing must not leave
   * this machine, so no tokenizer elsewhere is used.
   */
  constructor(openai: OpenAI, profile: EndpointProfile, leavesMachine: boolean) {
    this.openai = openai;
    this.profile = profile;
    this.hasTokenizer = !leavesMachine && (profile.kind === "llama-server" || profile.kind === "vllm");
  }

  /** Whether counts are estimates. */
  get estimates(): boolean {
    return !this.hasTokenizer;
  }

  /** The tokens of each text. */
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

  /** The tokens of the whole prompt. */
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

  /** Adjusts further estimates to the size that a reply reports for its prompt. */
  learn(request: PromptRequest, promptTokens: number): void {
    const frames = request.messages.length * FRAME_TOKENS;
    const bytes = (this.estimatePrompt(request) - frames) * this.bytesPerToken;
    const measured = bytes / Math.max(1, promptTokens - frames);
    this.bytesPerToken = Math.min(MAX_BYTES, Math.max(MIN_BYTES, measured));
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
    // Text stays text, even if it looks like a special token.
    const llama = { content: text, add_special: false, parse_special: false };
    const vllm = { model: this.profile.model, prompt: text, add_special_tokens: false };
    return tokenizeAnswer.parse(await this.post(this.atRoot("/tokenize"), this.isLlama ? llama : vllm, signal));
  }

  private async promptTokens({ messages, tools = [] }: PromptRequest, signal?: AbortSignal): Promise<number> {
    const { model } = this.profile;
    const declared = tools.length > 0 ? { tools: toOpenAITools(tools) } : {};
    const body = { model, messages: toOpenAI(messages), add_generation_prompt: false, ...declared };
    return this.isLlama
      ? inputTokens.parse(await this.post("/chat/completions/input_tokens", body, signal))
      : tokenizeAnswer.parse(await this.post(this.atRoot("/tokenize"), body, signal));
  }

  private get isLlama(): boolean {
    return this.profile.kind === "llama-server";
  }

  private post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    return this.openai.post<unknown>(path, { body, signal, timeout: TOKENIZE_MS, maxRetries: 0 });
  }

  private atRoot = (path: string) => atRoot(this.openai, path);
}

/** The URL of a path next to the OpenAI API, not below `/v1`. */
export const atRoot = (openai: OpenAI, path: string): string => openai.baseURL.replace(/\/v1\/?$/, "") + path;
