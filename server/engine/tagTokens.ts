import type { LlamaModel, Token } from "node-llama-cpp";

/**
 * Tags that a vocabulary has as tokens of their own, as Nemotron-3's has `<think>`. Files differ in what kind of token that
 * is. As a control token it has no text to llama.cpp; as a plain added one it is made of every such text, which the user may
 * have typed. Here it has its text, and is made of nothing but the dialect's own framing.
 */
export class TagTokens {
  private readonly model: LlamaModel;
  private readonly tokens = new Map<string, Token>();
  private readonly texts = new Map<Token, string>();
  /** Finds those that llama.cpp makes a token of in any text. */
  private readonly added: RegExp | undefined;
  private readonly any: RegExp | undefined;

  constructor(model: LlamaModel, tags: readonly string[]) {
    this.model = model;
    for (const tag of tags) {
      const [token, ...rest] = model.tokenize(tag, true);
      if (token === undefined || rest.length > 0) continue;
      this.tokens.set(tag, token);
      this.texts.set(token, tag);
    }
    const own = [...this.tokens.keys()];
    this.any = oneOf(own);
    this.added = oneOf(own.filter((tag) => model.tokenize(tag, false)[0] === this.tokens.get(tag)));
  }

  token(tag: string): Token | undefined {
    return this.tokens.get(tag);
  }

  text(token: Token): string | undefined {
    return this.texts.get(token);
  }

  /** A text of our own in tags and what stands between them. */
  split(text: string): string[] {
    return this.any ? text.split(this.any).filter((part) => part !== "") : [text];
  }

  /** Put together the parts are the text; none of them holds a whole tag. */
  broken(text: string): string[] {
    if (!this.added) return [text];
    const parts: string[] = [];
    let from = 0;
    for (const { index } of text.matchAll(this.added)) {
      // Behind its first character.
      parts.push(text.slice(from, index + 1));
      from = index + 1;
    }
    return [...parts, text.slice(from)];
  }

  detokenize(tokens: readonly Token[]): string {
    let text = "";
    for (let from = 0; from < tokens.length; ) {
      const tag = this.texts.get(tokens[from]!);
      const next = tokens.findIndex((token, i) => i > from && this.texts.has(token));
      const end = tag !== undefined ? from + 1 : next < 0 ? tokens.length : next;
      text += tag ?? this.model.detokenize(tokens.slice(from, end), false);
      from = end;
    }
    return text;
  }
}

/** In a group, so that a split keeps what it finds. */
const oneOf = (tags: string[]) => (tags.length > 0 ? new RegExp(`(${tags.map(escaped).join("|")})`, "g") : undefined);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
