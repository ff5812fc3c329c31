/** Counts the tokens of a streamed reply, across several requests if necessary. Pure. */
import type { Usage } from "../protocol.ts";
import type { Chunk } from "./chunk.ts";

/** Characters for each token. Endpoints without counts send one token in each piece, or several together. */
const CHARS_PER_TOKEN = 4;

export class Meter {
  private readonly arrived = performance.now();
  /** When the first piece came, as in performance.now(). */
  private first: number | undefined;
  private promptTokens: number | undefined;
  private cachedTokens: number | undefined;
  /** Tokens of earlier requests of this reply, and of the current one. */
  private before = 0;
  private present = 0;
  private reportedThought = 0;
  thought = 0;

  get total(): number {
    return this.before + this.present;
  }

  get answer(): number {
    return Math.max(0, this.total - this.thought);
  }

  /** @param inThought whether the reply is inside the thought after this chunk. */
  take(chunk: Chunk, inThought: boolean): void {
    const { usage, predicted } = chunk;
    const chars = charsOf(chunk);
    if (chars > 0) this.first ??= performance.now();
    const counted = usage?.completion_tokens ?? predicted;
    const guessed = chars > 0 ? this.present + Math.max(1, Math.round(chars / CHARS_PER_TOKEN)) : this.present;
    this.present = counted ? counted : guessed;
    if (inThought) this.thought = this.total;
    if (!usage) return;
    this.promptTokens ??= usage.prompt_tokens;
    this.cachedTokens ??= usage.prompt_tokens_details?.cached_tokens;
    this.reportedThought = usage.completion_tokens_details?.reasoning_tokens ?? this.reportedThought;
  }

  /** Counts everything so far as the thought, or as the answer. */
  revise(isThought: boolean): void {
    this.thought = isThought ? this.total : 0;
  }

  /** Begins the next request of the reply, after the stream was cut. */
  cut(): void {
    this.before = this.total;
    this.present = 0;
    this.reportedThought = 0;
  }

  /** Tokens of the whole prompt, if the endpoint reported them. */
  get reportedPromptTokens(): number | undefined {
    return this.before === 0 ? this.promptTokens : undefined;
  }

  /** @param promptTokens used if the endpoint did not report them. */
  usage(promptTokens: number): Usage {
    const prompt = this.promptTokens ?? promptTokens;
    const reused = Math.min(prompt, this.cachedTokens ?? 0);
    const thoughtTokens = Math.min(this.total, this.reportedThought || this.thought);
    const now = performance.now();
    const first = this.first ?? now;
    return {
      promptTokens: prompt,
      readTokens: prompt - reused,
      reusedTokens: reused,
      thoughtTokens,
      answerTokens: this.total - thoughtTokens,
      firstTokenMs: first - this.arrived,
      // The time until the first token counts as reading.
      tokensPerSecond: this.total > 1 && now > first ? ((this.total - 1) / (now - first)) * 1000 : 0,
    };
  }
}

function charsOf({ thought, text, calls }: Chunk): number {
  const called = calls.map(({ name, args }) => name + (typeof args === "string" ? args : JSON.stringify(args ?? "")));
  return [thought, text, ...called].reduce((sum, text) => sum + text.length, 0);
}
