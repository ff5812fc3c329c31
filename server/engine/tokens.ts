/** Text to tokens and back, for one loaded model. */
import type { LlamaModel, Token } from "node-llama-cpp";
import type { Piece, Prompt } from "../nemotron/prompt.ts";

/** How many characters of text the cache may hold: some 30 conversations of the full context. */
const CACHE_CHARS = 8_000_000;

/** How the text of a user's turn, or of tool results, begins. */
const TURN = "User\n";

/** Characters that a byte-level token may end in the middle of. */
const UNFINISHED = "�";

/**
 * Longer texts are tokenized, and remembered, in pieces of at least so many characters: of a prompt that is being typed
 * only the end is new, and tokenizing a file takes longer than reading a question.
 */
const PIECE_CHARS = 512;
/**
 * Where a text can be cut without changing its tokens: behind a line break, before what neither is white space nor a
 * slash. No match of the tokenizer's regex reaches across that.
 */
const CUT = /\n(?=[!-.0-~\p{L}])/gu;

/** A prompt in tokens. Positions are counts of leading tokens. */
export type EncodedPrompt = {
  tokens: Token[];
  /** End of the system turn. */
  systemEnd: number;
  /** Where the last user or tool turn begins: whatever differs from here on is the same conversation, gone another way. */
  turnStart: number;
  /** End of what stays as it is while the user types, if that was asked for. */
  stableEnd?: number;
};

export class Tokenizer {
  readonly model: LlamaModel;
  private readonly texts = new Map<string, Token[]>();
  private readonly pieces: (string | undefined)[] = [];
  private chars = 0;

  constructor(model: LlamaModel) {
    this.model = model;
  }

  /** User text and our own plain framing alike: never special tokens, so text cannot end a turn. */
  tokenize(text: string): Token[] {
    const pieces = this.tokenizePieces(text);
    return pieces.length === 1 ? pieces[0]! : pieces.flat();
  }

  /** The tokens of a text in pieces; the same pieces are the same arrays each time. */
  private tokenizePieces(text: string): Token[][] {
    const whole = this.known(text);
    if (whole) return [whole];
    return cutIntoPieces(text).map((piece) => {
      const known = this.known(piece);
      if (known) return known;
      const tokens = this.model.tokenize(piece, false);
      this.remember(piece, tokens);
      return tokens;
    });
  }

  private known(text: string): Token[] | undefined {
    const tokens = this.texts.get(text);
    if (!tokens) return undefined;
    this.texts.delete(text);
    this.texts.set(text, tokens);
    return tokens;
  }

  special(text: string): Token {
    const [token, ...rest] = this.model.tokenize(text, true);
    if (token === undefined || rest.length > 0) throw new Error(`The vocabulary has no token ${text}`);
    return token;
  }

  /** From now on this text is these tokens: a reply's own, which tokenizing its text again may not give. */
  remember(text: string, tokens: Token[]): void {
    if (!this.texts.has(text)) this.chars += text.length;
    this.texts.set(text, tokens);
    for (const oldest of this.texts.keys()) {
      if (this.chars <= CACHE_CHARS) break;
      this.texts.delete(oldest);
      this.chars -= oldest.length;
    }
  }

  detokenize(tokens: Token[]): string {
    return this.model.detokenize(tokens, false);
  }

  isEndOfTurn(token: Token): boolean {
    return this.model.isEogToken(token) || this.model.isSpecialToken(token);
  }

  /** One token's text, or undefined when it is a part of a character. */
  piece(token: Token): string | undefined {
    const known = this.pieces[token];
    if (known !== undefined) return known;
    const text = this.model.detokenize([token], false);
    if (text.includes(UNFINISHED)) return undefined;
    this.pieces[token] = text;
    return text;
  }

  encode(prompt: Prompt, stableChars?: number): EncodedPrompt {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    const tokens: Token[] = shouldPrependBosToken && bos !== null ? [bos] : [];
    const encoded: EncodedPrompt = { tokens, systemEnd: 0, turnStart: 0 };
    const isTurn = (piece: Piece) => piece.type === "text" && piece.text.startsWith(TURN);
    const lastTurn = prompt.pieces.findLastIndex(isTurn);
    for (const [i, piece] of prompt.pieces.entries()) {
      if (i === prompt.systemPieces) encoded.systemEnd = tokens.length;
      if (piece.type === "special") {
        tokens.push(this.special(piece.token));
        continue;
      }
      const text = this.tokenizePieces(piece.text);
      if (i === lastTurn) {
        encoded.turnStart = tokens.length - 1;
        if (stableChars) {
          const stable = this.tokenizePieces(piece.text.slice(0, TURN.length + stableChars));
          encoded.stableEnd = tokens.length + commonLength(stable, text);
        }
      }
      for (const part of text) for (const token of part) tokens.push(token);
    }
    if (encoded.systemEnd === 0) encoded.systemEnd = tokens.length;
    return encoded;
  }
}

/** Put together they are the text. Texts that begin alike are cut alike, but for the last piece. */
export function cutIntoPieces(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (;;) {
    CUT.lastIndex = from + PIECE_CHARS;
    const cut = text.length - from > PIECE_CHARS ? CUT.exec(text) : null;
    if (!cut) return [...pieces, text.slice(from)];
    pieces.push(text.slice(from, cut.index + 1));
    from = cut.index + 1;
  }
}

/** Turns tokens into text as they come; a character that is spread over several tokens comes with its last one. */
export class TextStream {
  private readonly tokenizer: Tokenizer;
  private pending: Token[] = [];

  constructor(tokenizer: Tokenizer) {
    this.tokenizer = tokenizer;
  }

  push(token: Token): string {
    if (this.pending.length === 0) {
      const piece = this.tokenizer.piece(token);
      if (piece !== undefined) return piece;
    }
    this.pending.push(token);
    const text = this.tokenizer.detokenize(this.pending);
    // UTF-8 has at most four bytes a character; more pending tokens than that are broken text, not an unfinished one.
    if (text.endsWith(UNFINISHED) && this.pending.length < 4) return "";
    this.pending = [];
    return text;
  }
}

/** How many leading tokens two texts share that begin alike, and so are cut alike up to where they part. */
function commonLength(a: Token[][], b: Token[][]): number {
  const parting = a.findIndex((piece, i) => piece !== b[i]);
  const shared = parting < 0 ? a : a.slice(0, parting);
  const length = shared.reduce((sum, piece) => sum + piece.length, 0);
  return parting < 0 ? length : length + commonPrefix(a[parting]!, b[parting] ?? []);
}

/** How many leading tokens two lists share. */
export function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
