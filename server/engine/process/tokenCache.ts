import type { Token } from "node-llama-cpp";

/** Maximum number of texts, even if they are short: enough for one of the longest contexts in pieces. */
const MAX_TEXTS = 2048;

/** Caches the tokens of texts. Above the limit of characters and tokens, it forgets the least recently used texts. */
export class TokenCache {
  private readonly limit: number;
  private readonly texts = new Map<string, Token[]>();
  private size = 0;

  /** @param limit characters and tokens of all texts together. */
  constructor(limit: number) {
    this.limit = limit;
  }

  get(text: string): Token[] | undefined {
    const tokens = this.texts.get(text);
    if (!tokens) return undefined;
    this.texts.delete(text);
    this.texts.set(text, tokens);
    return tokens;
  }

  set(text: string, tokens: Token[]): void {
    this.forget(text);
    this.texts.set(text, tokens);
    this.size += text.length + tokens.length;
    for (const oldest of this.texts.keys()) {
      if (this.size <= this.limit && this.texts.size <= MAX_TEXTS) break;
      this.forget(oldest);
    }
  }

  private forget(text: string): void {
    const tokens = this.texts.get(text);
    if (!tokens) return;
    this.texts.delete(text);
    this.size -= text.length + tokens.length;
  }
}
