/** Text to tokens and back, for one loaded model. */
import type { LlamaModel, Token } from "node-llama-cpp";
import type { Dialect } from "../../nemotron/dialect.ts";
import { nanoV2 } from "../../nemotron/dialects/nanoV2.ts";
import type { Piece, Prompt } from "../../nemotron/prompt.ts";
import { type Origin, originOf } from "../states/origin.ts";
import { LongRuns } from "./longRuns.ts";
import { runAtOnce, type Steps } from "./steps.ts";
import { TagTokens } from "./tagTokens.ts";
import { TokenCache } from "./tokenCache.ts";

/** Size limit of the cache, characters: about 30 conversations of the full context. */
const CACHE_CHARS = 8_000_000;

/** The replacement character: a byte-level token can end inside a character. */
const UNFINISHED = "�";

/**
 * Longer texts are tokenized and cached in pieces of at least this many characters. Only the end of a prompt changes
 * while it is typed, and tokenizing a file takes longer than reading a question.
 */
const PIECE_CHARS = 512;
/**
 * Where a text can be cut without changing its tokens: after a line end with no other white space before it, and before
 * a character that begins a word in most patterns. No match of a tokenizer's pattern spans such a place.
 */
const LINE_CUT = /(?<=\S\n)(?=["-'*+\-):->@-{}~\p{L}])/u;
/** Longer pieces are also cut within a line, characters: tokenizing blocks the thread. */
const LONG_PIECE_CHARS = 16_384;
/** Where a line can be cut: between a word and what begins the next one, with patterns that split at words. */
const WORD_CUT = /(?<=[a-z])(?:(?=[0-9(=;,{[])|(?= [a-z]))/;
const LINE = new RegExp(LINE_CUT.source, "gu");
const LINE_OR_WORD = new RegExp(`${LINE_CUT.source}|${WORD_CUT.source}`, "gu");

/** A prompt in tokens. Positions are counts of leading tokens. */
export type EncodedPrompt = {
  tokens: Token[];
  /** End of the system turn. */
  systemEnd: number;
  /**
   * Where the last user or tool turn begins. A prompt that differs only after this point belongs to the same
   * conversation.
   */
  turnStart: number;
  /** Where the messages end and the reply begins. */
  replyStart: number;
  /** End of the part that does not change while the user types, if requested. */
  stableEnd?: number;
  origin: Origin;
  /** The tokens of the model's own replies in the prompt, by message (see `remember`). */
  replies: Token[][];
};

const NO_ORIGIN = originOf();

/** Tokenizes prompts and texts. Remembers the tokens of the model's own replies. */
export class Tokenizer {
  readonly model: LlamaModel;
  private readonly dialect: Dialect;
  private readonly tags: TagTokens;
  private readonly texts = new TokenCache(CACHE_CHARS);
  /**
   * The tokens of replies. They have a cache of their own because tags in replies are tokens; in other texts they are
   * not.
   */
  private readonly replies = new TokenCache(CACHE_CHARS);
  private readonly pieces: (string | undefined)[] = [];
  private readonly longRuns: LongRuns;

  constructor(model: LlamaModel, dialect: Dialect = nanoV2) {
    this.model = model;
    this.dialect = dialect;
    this.tags = new TagTokens(model, dialect.tags);
    this.longRuns = new LongRuns(model.fileInfo.metadata.tokenizer?.ggml, {
      tokenize: (text) => model.tokenize(text, false),
      detokenize: (tokens) => model.detokenize(tokens, false),
    });
  }

  /** Tokenizes user text and plain framing: never special tokens, so text cannot end a turn. */
  tokenize(text: string): Token[] {
    return runAtOnce(this.tokenizeSteps(text));
  }

  /**
   * Tokenizes the dialect's own framing, for example the opening of a reply. Its tags become tokens if the vocabulary
   * has them.
   */
  tokenizeFraming(text: string): Token[] {
    return this.tags.split(text).flatMap((part) => this.tags.token(part) ?? this.tokenize(part));
  }

  /** Like `tokenize`, in steps. */
  *tokenizeSteps(text: string): Steps<Token[]> {
    const pieces = yield* this.tokenizePieces(text);
    return pieces.length === 1 ? pieces[0]! : pieces.flat();
  }

  /** The tokens of a text in pieces. Equal pieces give the same array each time. */
  private *tokenizePieces(text: string): Steps<Token[][]> {
    const whole = this.texts.get(text);
    if (whole) return [whole];
    const pieces: Token[][] = [];
    for (const piece of this.longRuns.spansLines ? [text] : cutIntoPieces(text, this.longRuns.splitsWords)) {
      let tokens = this.texts.get(piece);
      if (!tokens) {
        const parts: Token[][] = [];
        for (const part of this.tags.breakTags(piece))
          for (const some of this.longRuns.tokens(part)) {
            parts.push(some);
            yield;
          }
        tokens = parts.length === 1 ? parts[0]! : parts.flat();
        this.texts.set(piece, tokens);
      }
      pieces.push(tokens);
    }
    return pieces;
  }

  /** The token of a special text, such as an end of turn. Throws an Error if the vocabulary has none. */
  special(text: string): Token {
    const [token, ...rest] = this.model.tokenize(text, true);
    if (token === undefined || rest.length > 0) throw new Error(`The vocabulary has no token ${text}`);
    return token;
  }

  /**
   * From now on, this text in a reply to this owner has these tokens: tokenizing it again can give others. For other
   * owners nothing changes; otherwise the token count would reveal that the model has written this text.
   */
  remember(text: string, tokens: Token[], { owner }: Origin = NO_ORIGIN): void {
    this.replies.set(owner + text, tokens);
  }

  detokenize(tokens: Token[]): string {
    return this.tags.detokenize(tokens);
  }

  /** Whether the token ends the turn: every special token does, except for tags. */
  isEndOfTurn(token: Token): boolean {
    if (this.tags.text(token) !== undefined) return false;
    return this.model.isEogToken(token) || this.model.isSpecialToken(token);
  }

  /** The text of one token; undefined when the token is part of a character. */
  piece(token: Token): string | undefined {
    const known = this.pieces[token];
    if (known !== undefined) return known;
    const text = this.detokenize([token]);
    if (text.includes(UNFINISHED)) return undefined;
    this.pieces[token] = text;
    return text;
  }

  encode(prompt: Prompt, stableChars?: number, origin: Origin = NO_ORIGIN): EncodedPrompt {
    return runAtOnce(this.encodeSteps(prompt, stableChars, origin));
  }

  /** Like `encode`, in steps. */
  *encodeSteps(prompt: Prompt, stableChars?: number, origin: Origin = NO_ORIGIN): Steps<EncodedPrompt> {
    const tokens = this.beginning(prompt);
    const encoded: EncodedPrompt = { tokens, systemEnd: 0, turnStart: 0, replyStart: 0, origin, replies: [] };
    const turn = this.dialect.lastTurn(prompt.pieces);
    const { pieces } = prompt;
    for (let i = 0; i < pieces.length; ) {
      if (i === pieces.length - (prompt.replyPieces ?? 0)) encoded.replyStart = tokens.length;
      if (i === prompt.systemPieces) encoded.systemEnd = tokens.length;
      if (i === turn?.first) encoded.turnStart = tokens.length;
      const run = this.run(pieces, i);
      const own = this.ownTokens(run, origin);
      if (own) encoded.replies.push(own);
      const text = own ? [own] : yield* this.runTokens(run);
      if (stableChars && turn && i === turn.text) {
        const stable = yield* this.tokenizePieces(textOf(run).slice(0, turn.header + stableChars));
        encoded.stableEnd = tokens.length + commonLength(stable, text);
      }
      for (const part of text) for (const token of part) tokens.push(token);
      i += run.length;
    }
    if (pieces.length <= prompt.systemPieces) encoded.systemEnd = tokens.length;
    if (!prompt.replyPieces) encoded.replyStart = tokens.length;
    return encoded;
  }

  /** The token that begins every text, if the vocabulary requires one and the dialect does not add its own. */
  private beginning({ pieces: [first] }: Prompt): Token[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (!shouldPrependBosToken || bos === null) return [];
    return first?.type === "special" && this.special(first.token) === bos ? [] : [bos];
  }

  /**
   * The pieces to tokenize together: everything that one message said, and tags that are plain text together with the
   * text around them.
   */
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

  private ownTokens(run: Piece[], { owner }: Origin): Token[] | undefined {
    const [first] = run;
    if (first?.type === "special" || first?.message === undefined) return undefined;
    return this.replies.get(owner + textOf(run));
  }

  private *runTokens(run: Piece[]): Steps<Token[][]> {
    const [first] = run;
    if (first?.type === "special") return [[this.special(first.token)]];
    const runs: Token[][] = [];
    let text = "";
    for (const piece of run) {
      const token = piece.type === "tag" ? this.tags.token(piece.text) : undefined;
      if (token === undefined) text += textOf([piece]);
      else {
        if (text !== "") runs.push(...(yield* this.tokenizePieces(text)));
        runs.push([token]);
        text = "";
      }
    }
    return text === "" ? runs : [...runs, ...(yield* this.tokenizePieces(text))];
  }
}

const textOf = (pieces: readonly Piece[]) =>
  pieces.map((piece) => (piece.type === "special" ? piece.token : piece.text)).join("");

/** Cuts a text into pieces. Texts with the same beginning have the same pieces, except for the last one. */
export function cutIntoPieces(text: string, splitsWords = true): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (;;) {
    const cut = nextCut(text, from, splitsWords);
    if (cut === undefined) return [...pieces, text.slice(from)];
    pieces.push(text.slice(from, cut));
    from = cut;
  }
}

function nextCut(text: string, from: number, splitsWords: boolean): number | undefined {
  if (text.length - from <= PIECE_CHARS) return undefined;
  LINE.lastIndex = PIECE_CHARS + 1;
  // LINE also looks at the characters around a cut, so the slice is two characters longer.
  const line = LINE.exec(splitsWords ? text.slice(from, from + LONG_PIECE_CHARS + 2) : text.slice(from));
  if (line) return from + line.index;
  if (!splitsWords || text.length - from <= LONG_PIECE_CHARS) return undefined;
  LINE_OR_WORD.lastIndex = from + LONG_PIECE_CHARS;
  return LINE_OR_WORD.exec(text)?.index;
}

/** Turns tokens into text one by one. A character of several tokens comes with its last token. */
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
    // A character has at most four bytes in UTF-8. More pending tokens are invalid text, not an unfinished character.
    if (text.endsWith(UNFINISHED) && this.pending.length < 4) return "";
    this.pending = [];
    return text;
  }
}

/** How many leading tokens two texts share. Equal pieces are the same array (tokenizePieces). */
function commonLength(a: Token[][], b: Token[][]): number {
  const difference = a.findIndex((piece, i) => piece !== b[i]);
  const shared = difference < 0 ? a : a.slice(0, difference);
  const length = shared.reduce((sum, piece) => sum + piece.length, 0);
  return difference < 0 ? length : length + commonPrefix(a[difference]!, b[difference] ?? []);
}

/** How many leading tokens two lists share. */
export function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
