import type { Token } from "node-llama-cpp";

/** Texts whose tokens are known, the least recently used ones forgotten above so many characters. */
export class TokenCache {
  private readonly limit: number;
  private readonly texts = new Map<string, Token[]>();
  private chars = 0;

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
    if (!this.texts.has(text)) this.chars += text.length;
    this.texts.set(text, tokens);
    for (const oldest of this.texts.keys()) {
      if (this.chars <= this.limit) break;
      this.texts.delete(oldest);
      this.chars -= oldest.length;
    }
  }
}
