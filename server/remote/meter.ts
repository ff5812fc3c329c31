/** Counts the tokens of a reply that comes in pieces, over several requests if need be. Pure. */
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { StopReason, Usage } from "../protocol.ts";

/** Endpoints that do not count with each piece send a token in each, or several together; of text so many characters. */
const CHARS_PER_TOKEN = 4;

/** llama-server's additions. */
export type Chunk = ChatCompletionChunk & {
  timings?: { predicted_n?: number };
  prompt_progress?: { total: number; cache: number; processed: number };
};

export class Meter {
  private readonly arrived = performance.now();
  private first: number | undefined;
  private promptTokens: number | undefined;
  private cachedTokens: number | undefined;
  /** Of earlier requests of this reply, and of the present one. */
  private before = 0;
  private present = 0;
  private thoughtTold = 0;
  thought = 0;

  get total(): number {
    return this.before + this.present;
  }

  get answer(): number {
    return Math.max(0, this.total - this.thought);
  }

  /** @param chars of text in it. @param inThought before it. */
  take({ usage, timings }: Chunk, chars: number, inThought: boolean): void {
    if (chars > 0) this.first ??= performance.now();
    const told = usage?.completion_tokens ?? timings?.predicted_n;
    const guessed = chars > 0 ? this.present + Math.max(1, Math.round(chars / CHARS_PER_TOKEN)) : this.present;
    this.present = typeof told === "number" && told > 0 ? told : guessed;
    if (inThought) this.thought = this.total;
    if (!usage) return;
    this.promptTokens ??= usage.prompt_tokens;
    this.cachedTokens ??= usage.prompt_tokens_details?.cached_tokens;
    this.thoughtTold = usage.completion_tokens_details?.reasoning_tokens ?? this.thoughtTold;
  }

  /** The stream was cut: another request goes on. */
  cut(): void {
    this.before = this.total;
    this.present = 0;
    this.thoughtTold = 0;
  }

  /** Of the whole prompt, where the endpoint has told before the stream was cut, or in a reply that was not. */
  get toldPromptTokens(): number | undefined {
    return this.before === 0 ? this.promptTokens : undefined;
  }

  /** @param promptTokens where the endpoint did not tell. */
  usage(promptTokens: number): Usage {
    const prompt = this.promptTokens ?? promptTokens;
    const reused = Math.min(prompt, this.cachedTokens ?? 0);
    const thoughtTokens = Math.min(this.total, this.thoughtTold || this.thought);
    const now = performance.now();
    const first = this.first ?? now;
    return {
      promptTokens: prompt,
      readTokens: prompt - reused,
      reusedTokens: reused,
      thoughtTokens,
      answerTokens: this.total - thoughtTokens,
      firstTokenMs: first - this.arrived,
      // The first token belongs to the reading.
      tokensPerSecond: this.total > 1 && now > first ? ((this.total - 1) / (now - first)) * 1000 : 0,
    };
  }
}

export function stopReason(finish: string | null | undefined, called: boolean): StopReason {
  if (finish === "length") return "length";
  return called ? "toolCalls" : "stop";
}
