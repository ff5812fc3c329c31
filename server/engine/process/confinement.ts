/** Confines the answer of one reply to its required form. */
import { LlamaGrammarEvaluationState, type Token } from "node-llama-cpp";
import { acceptTokens } from "./internals.ts";
import type { RequiredForm } from "./schema.ts";
import type { Tokenizer } from "./tokens.ts";

/** The form applies to the answer only: it begins when the thought has ended. */
export class Confinement {
  private readonly tokenizer: Tokenizer;
  private readonly grammar: LlamaGrammarEvaluationState;
  private guide: RequiredForm["guide"];
  private readonly format: RequiredForm["format"];

  constructor(tokenizer: Tokenizer, { grammar, guide, format }: RequiredForm) {
    this.tokenizer = tokenizer;
    this.grammar = new LlamaGrammarEvaluationState({ model: tokenizer.model, grammar });
    this.guide = guide;
    this.format = format;
  }

  /** What the next token is sampled by. It advances with each token. */
  get evaluationState(): LlamaGrammarEvaluationState {
    return this.grammar;
  }

  /** Whether the reply is complete and can only end. */
  get isDone(): boolean {
    return this.guide?.isDone ?? false;
  }

  /** Call this with the text of each sampled token. */
  push(text: string): void {
    this.guide?.push(text);
  }

  /**
   * The tokens of the text that the form leaves no choice about, which need not be sampled: reading them in one go
   * costs less.
   * @param max maximum number of tokens; there may be no room for more.
   */
  forcedTokens(max: number): Token[] {
    const text = this.guide?.advance() ?? "";
    if (text === "") return [];
    const tokens = this.tokensOf(text);
    const accepted = acceptTokens(this.tokenizer.model.llama, this.grammar, tokens.slice(0, max));
    // The guide is ahead of the reply now.
    if (accepted < tokens.length) this.guide = undefined;
    return tokens.slice(0, accepted);
  }

  /** Only the tags around the calls can be single tokens: in an argument, a tag is text. */
  private tokensOf(text: string): Token[] {
    const { begin, end } = this.format!;
    const [head, tail] = [text.startsWith(begin) ? begin : "", this.isDone && text.endsWith(end) ? end : ""];
    const tags = [this.tokenizer.tokenizeFraming(head), this.tokenizer.tokenizeFraming(tail)] as const;
    if (tags.some(({ length }) => length > 1)) return this.tokenizer.tokenize(text);
    return [...tags[0], ...this.tokenizer.tokenize(text.slice(head.length, text.length - tail.length)), ...tags[1]];
  }
}
