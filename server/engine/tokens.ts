/** Text to tokens and back, for one loaded model. */
import type { LlamaModel, Token } from "node-llama-cpp";
import type { Dialect } from "../nemotron/dialect.ts";
import { nanoV2 } from "../nemotron/dialects/nanoV2.ts";
import type { Piece, Prompt } from "../nemotron/prompt.ts";
import { type Whose, whose } from "./states/whose.ts";
import { TagTokens } from "./tagTokens.ts";
import { TokenCache } from "./tokenCache.ts";

/** How many characters of text the cache may hold: some 30 conversations of the full context. */
const CACHE_CHARS = 8_000_000;

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
  whose: Whose;
  /** The tokens in it that are a model's own (see `remember`), by message. */
  said: Token[][];
};

const NOBODYS = whose();

export class Tokenizer {
  readonly model: LlamaModel;
  private readonly dialect: Dialect;
  private readonly tags: TagTokens;
  private readonly texts = new TokenCache(CACHE_CHARS);
  /** What assistants said: apart, because tags among it are tokens, which they are in no other text. */
  private readonly replies = new TokenCache(CACHE_CHARS);
  private readonly pieces: (string | undefined)[] = [];

  constructor(model: LlamaModel, dialect: Dialect = nanoV2) {
    this.model = model;
    this.dialect = dialect;
    this.tags = new TagTokens(model, dialect.tags);
  }

  /** User text and our own plain framing alike: never special tokens, so text cannot end a turn. */
  tokenize(text: string): Token[] {
    const pieces = this.tokenizePieces(text);
    return pieces.length === 1 ? pieces[0]! : pieces.flat();
  }

  /** Framing of the dialect's own, as the opening of a reply: its tags are tokens where the vocabulary has such. */
  tokenizeFraming(text: string): Token[] {
    return this.tags.split(text).flatMap((part) => this.tags.token(part) ?? this.tokenize(part));
  }

  /** The tokens of a text in pieces; the same pieces are the same arrays each time. */
  private tokenizePieces(text: string): Token[][] {
    const whole = this.texts.get(text);
    if (whole) return [whole];
    return cutIntoPieces(text).map((piece) => {
      const known = this.texts.get(piece);
      if (known) return known;
      const tokens = this.tags.broken(piece).flatMap((part) => this.model.tokenize(part, false));
      this.texts.set(piece, tokens);
      return tokens;
    });
  }

  special(text: string): Token {
    const [token, ...rest] = this.model.tokenize(text, true);
    if (token === undefined || rest.length > 0) throw new Error(`The vocabulary has no token ${text}`);
    return token;
  }

  /**
   * From now on what an assistant said to this owner is these tokens: its own, which tokenizing the text again may not
   * give. To others the text has the tokens of any text: they could tell from their number that it has been said.
   */
  remember(text: string, tokens: Token[], { owner }: Whose = NOBODYS): void {
    this.replies.set(owner + text, tokens);
  }

  detokenize(tokens: Token[]): string {
    return this.tags.detokenize(tokens);
  }

  isEndOfTurn(token: Token): boolean {
    if (this.tags.text(token) !== undefined) return false;
    return this.model.isEogToken(token) || this.model.isSpecialToken(token);
  }

  /** One token's text, or undefined when it is a part of a character. */
  piece(token: Token): string | undefined {
    const known = this.pieces[token];
    if (known !== undefined) return known;
    const text = this.detokenize([token]);
    if (text.includes(UNFINISHED)) return undefined;
    this.pieces[token] = text;
    return text;
  }

  encode(prompt: Prompt, stableChars?: number, of: Whose = NOBODYS): EncodedPrompt {
    const tokens = this.beginning(prompt);
    const encoded: EncodedPrompt = { tokens, systemEnd: 0, turnStart: 0, whose: of, said: [] };
    const turn = this.dialect.lastTurn(prompt.pieces);
    const { pieces } = prompt;
    for (let i = 0; i < pieces.length; ) {
      if (i === prompt.systemPieces) encoded.systemEnd = tokens.length;
      if (i === turn?.first) encoded.turnStart = tokens.length;
      const run = this.run(pieces, i);
      const own = this.ownTokens(run, of);
      if (own) encoded.said.push(own);
      const text = own ? [own] : this.runTokens(run);
      if (stableChars && turn && i === turn.text) {
        const stable = this.tokenizePieces(textOf(run).slice(0, turn.header + stableChars));
        encoded.stableEnd = tokens.length + commonLength(stable, text);
      }
      for (const part of text) for (const token of part) tokens.push(token);
      i += run.length;
    }
    if (pieces.length <= prompt.systemPieces) encoded.systemEnd = tokens.length;
    return encoded;
  }

  /** The token that begins every text, where the vocabulary asks for one and the dialect does not bring its own. */
  private beginning({ pieces: [first] }: Prompt): Token[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (!shouldPrependBosToken || bos === null) return [];
    return first?.type === "special" && this.special(first.token) === bos ? [] : [bos];
  }

  /** The pieces that are tokenized together: all that one message said, and tags that are text with the text around them. */
  private run(pieces: readonly Piece[], from: number): Piece[] {
    const first = pieces[from]!;
    if (first.type === "special") return [first];
    const joins = (piece: Piece, before: Piece) => {
      if (piece.type === "special" || piece.message !== first.message) return false;
      return first.message !== undefined || (this.isText(piece) && this.isText(before));
    };
    let end = from + 1;
    while (end < pieces.length && joins(pieces[end]!, pieces[end - 1]!)) end++;
    return pieces.slice(from, end);
  }

  private isText(piece: Piece): boolean {
    return piece.type === "text" || (piece.type === "tag" && this.tags.token(piece.text) === undefined);
  }

  private ownTokens(run: Piece[], { owner }: Whose): Token[] | undefined {
    const [first] = run;
    if (first?.type === "special" || first?.message === undefined) return undefined;
    return this.replies.get(owner + textOf(run));
  }

  private runTokens(run: Piece[]): Token[][] {
    const [first] = run;
    if (first?.type === "special") return [[this.special(first.token)]];
    const runs: Token[][] = [];
    let text = "";
    for (const piece of run) {
      const token = piece.type === "tag" ? this.tags.token(piece.text) : undefined;
      if (token === undefined) text += textOf([piece]);
      else {
        if (text !== "") runs.push(...this.tokenizePieces(text));
        runs.push([token]);
        text = "";
      }
    }
    return text === "" ? runs : [...runs, ...this.tokenizePieces(text)];
  }
}

const textOf = (pieces: readonly Piece[]) =>
  pieces.map((piece) => (piece.type === "special" ? piece.token : piece.text)).join("");

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
