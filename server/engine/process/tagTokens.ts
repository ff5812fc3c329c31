import type { LlamaModel, Token } from "node-llama-cpp";

/**
 * Tags that are single tokens of a vocabulary, for example `<think>` in Nemotron 3. Files differ in the type of these
 * tokens. If they are control tokens, llama.cpp gives them no text. If they are plain added tokens, it finds them in
 * any text, also in what the user has typed. Here they have their text, and only the dialect's framing makes them.
 */
export class TagTokens {
  private readonly model: LlamaModel;
  private readonly tokens = new Map<string, Token>();
  private readonly texts = new Map<Token, string>();
  /** Finds the tags that llama.cpp turns into a token in any text. */
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

  /** Undefined if the tag is not a single token. */
  token(tag: string): Token | undefined {
    return this.tokens.get(tag);
  }

  /** Undefined if the token is not a tag. */
  text(token: Token): string | undefined {
    return this.texts.get(token);
  }

  /** Splits framing into tags and the text between them. */
  split(text: string): string[] {
    return this.any ? text.split(this.any).filter((part) => part !== "") : [text];
  }

  /** Splits a text so that no part holds a whole tag. */
  breakTags(text: string): string[] {
    if (!this.added) return [text];
    const parts: string[] = [];
    let from = 0;
    for (const { index } of text.matchAll(this.added)) {
      // Cut after the tag's first character.
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

/** A capturing group, so that a split keeps the tags. */
const oneOf = (tags: string[]) => (tags.length > 0 ? new RegExp(`(${tags.map(escaped).join("|")})`, "g") : undefined);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
