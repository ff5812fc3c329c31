/**
 * Tokenizes long runs of one kind of character, for example base64 or a line of `=`, in pieces that llama.cpp can take.
 * llama.cpp matches some tokenizer patterns with std::regex, which takes several stack frames a character: some 24,000
 * characters end the process. Long runs are tokenized in overlapping windows, which are joined where two windows agree
 * on a token.
 */
import type { Token } from "node-llama-cpp";

/** Size of a window, characters. Runs up to this length need no windows. */
const WINDOW = 2048;
/** How many characters to scan before yielding to other work. */
const PAUSE_CHARS = 65_536;
/** How many tokens of a window to try as the start of the next window. */
const TRIES = 64;

type Pattern = {
  /**
   * The kinds of characters that one match can consist of. Each length is limited so that JavaScript's regex engine can
   * take it.
   */
  kinds: RegExp[];
  /** Matches have this length, counted from the start or the end of the run. Cuts must be multiples of it. */
  step?: { chars: number; from: "start" | "end"; in: RegExp };
  /** A word is capitals followed by small letters: a capital after a small letter begins the next word. */
  cased?: boolean;
  /** Characters that the tokenizer takes one at a time; it aborts on more. */
  oneByOne?: RegExp;
  /** Whether a match can span the end of a line. */
  spansLines?: boolean;
  /** Line ends at the start of a text are matched one by one, inside white space together: never cut before one. */
  singleLineEnds?: boolean;
};

const LETTERS = /\p{L}{1,4096}/uy;
const LETTERS_AND_MARKS = /[\p{L}\p{M}]{1,4096}/uy;
const OTHERS = /[^\s\p{L}\p{N}]{1,4096}/uy;
const DIGITS = /\p{N}{1,4096}/uy;
const SPACES = /\s{1,4096}/uy;

/** Values of `tokenizer.ggml.model` for byte-pair encodings; no other encoding uses patterns. */
const PAIR_ENCODINGS = new Set(["gpt2", "hybriddna", "whitespace"]);
/** Values of `tokenizer.ggml.pre` with matches that can span a space, punctuation or a digit, the usual word ends. */
const SPANS_WORDS = new Set(
  "superbpe exaone-moe bloom poro-chat gpt3-finnish viking gemma4 sarvam-moe whitespace".split(" "),
);

/** Most patterns: words, punctuation, white space. Digits come one by one, or at most three together. */
const MOST: Pattern = { kinds: [LETTERS_AND_MARKS, OTHERS, SPACES] };
const WITH_DIGITS = [...MOST.kinds, DIGITS];
const CASED: Pattern = { kinds: [LETTERS, OTHERS, SPACES], cased: true };
const BLOOM: Pattern = { kinds: [/[^\s(|.,!?…。，、।۔،)]{1,4096}/uy] };

/** The remaining values of `tokenizer.ggml.pre`. */
const PATTERNS: Record<string, Pattern> = {
  tekken: CASED,
  "gpt-4o": CASED,
  llama4: CASED,
  kanana2: CASED,
  talkie: CASED,
  "minimax-m2": CASED,
  "granite-embed-multi-97m": { ...MOST, cased: true },
  "deepseek-llm": { kinds: WITH_DIGITS },
  chameleon: { kinds: WITH_DIGITS },
  default: { kinds: WITH_DIGITS, step: { chars: 3, from: "start", in: DIGITS } },
  superbpe: { kinds: [DIGITS], step: { chars: 3, from: "end", in: DIGITS }, spansLines: true },
  "jais-2": { ...MOST, step: { chars: 512, from: "start", in: SPACES } },
  spark2_5: { ...MOST, singleLineEnds: true },
  "exaone-moe": { kinds: [/[\p{L}\p{M} ]{1,4096}/uy, OTHERS, SPACES] },
  whitespace: { kinds: [/\S{1,4096}/uy], oneByOne: /(?<=\s)|(?=\s)/ },
  bloom: BLOOM,
  "poro-chat": BLOOM,
  "gpt3-finnish": BLOOM,
  viking: BLOOM,
};

/** `lineEnd`: the position of the last line end, in a run of white space. */
type Run = { start: number; end: number; kind: RegExp; lineEnd?: number };
/** `text`: the window's text, with what was appended to it for the tokenizer. */
type Window = { start: number; end: number; text: string; tokens: Token[]; run?: Run };
type Codec = { tokenize: (text: string) => Token[]; detokenize: (tokens: Token[]) => string };

/** Tokenizes texts of any length and gives the tokens that llama.cpp would give if it could. */
export class LongRuns {
  private readonly codec: Codec;
  private readonly pattern: Pattern | undefined;
  /** Whether a line can be cut between two words without changing its tokens. */
  readonly splitsWords: boolean;

  /** `model` and `pre`: the values of the file's `tokenizer.ggml`. */
  constructor({ model = "", pre }: Partial<Record<"model" | "pre", string>> = {}, codec: Codec) {
    this.codec = codec;
    const hasPattern = PAIR_ENCODINGS.has(model);
    this.splitsWords = hasPattern && !SPANS_WORDS.has(pre ?? "");
    if (hasPattern) this.pattern = PATTERNS[pre || "default"] ?? MOST;
  }

  /** Whether cutting a text at a line end can change its tokens. */
  get spansLines(): boolean {
    return this.pattern?.spansLines ?? false;
  }

  /** The tokens of a text, in parts. The caller can do other work between the parts. */
  *tokens(text: string): Generator<Token[]> {
    const { oneByOne } = this.pattern ?? {};
    for (const part of oneByOne ? text.split(oneByOne) : [text]) yield* this.tokensOf(part);
  }

  private *tokensOf(text: string): Generator<Token[]> {
    const runs = yield* this.longRuns(text);
    const ends = runs.filter(({ end, kind }) => isLetters(kind) && isCapital(text, end)).map(({ end }) => end);
    let from = 0;
    for (const to of [...ends, text.length]) {
      const within = runs.filter(({ start, end }) => start < to && end > from);
      yield* this.inWindows(text, from, to, within);
      from = to;
    }
  }

  /** The runs that are longer than a window. */
  private *longRuns(text: string): Generator<Token[], Run[]> {
    if (!this.pattern || text.length <= WINDOW) return [];
    const { kinds, cased } = this.pattern;
    const runs: Run[] = [];
    let pause = PAUSE_CHARS;
    for (let start = 0; start < text.length; ) {
      if (start >= pause) {
        pause = start + PAUSE_CHARS;
        yield [];
      }
      const run = yield* runFrom(text, start, kinds);
      if (run.end - start > WINDOW) {
        if (run.kind === SPACES)
          run.lineEnd = Math.max(text.lastIndexOf("\n", run.end - 1), text.lastIndexOf("\r", run.end - 1)) + 1;
        const words = cased && isLetters(run.kind) ? yield* casedWords(text, run) : [run];
        for (const word of words) if (word.end - word.start > WINDOW) runs.push(word);
      }
      start = run.end;
    }
    return runs;
  }

  /** The tokens of a part of the text: from each window, the tokens before the one that begins the next window. */
  private *inWindows(text: string, from: number, to: number, runs: Run[]): Generator<Token[]> {
    let window = this.windowFrom(text, from, to, runs);
    while (window.run) {
      const cut = this.cutAtAgreement(text, to, runs, window) ?? this.cutAnywhere(text, to, runs, window);
      yield cut.accepted;
      window = cut.next;
    }
    yield window.tokens;
  }

  /** A window up to the end of the part, or into the next run that is too long. */
  private windowFrom(text: string, start: number, to: number, runs: Run[]): Window {
    const from = (run: Run) => Math.max(start, run.start);
    const run = runs.find((run) => Math.min(run.end, to) - from(run) > WINDOW);
    const end = run ? this.nearestCut(text, from(run) + WINDOW, run) : to;
    // White space up to a line end is one word. Append a line end if the run has one beyond this window.
    const inside = text.slice(start, end) + ((run?.lineEnd ?? 0) > end ? "\n" : "");
    return { start, end, text: inside, tokens: this.codec.tokenize(inside), run };
  }

  /**
   * The nearest position, at or before this one, where the run can be cut: at a multiple of the step, and not inside a
   * character.
   */
  private nearestCut(text: string, position: number, run: Run): number {
    for (let at = position; at > position - WINDOW / 2; at--) if (this.isCut(text, at, run)) return at;
    return isLowSurrogate(text, position) ? position - 1 : position;
  }

  private isCut(text: string, at: number, run: Run): boolean {
    if (isLowSurrogate(text, at) || !this.inStep(at, run)) return false;
    return !this.pattern?.singleLineEnds || !isLineEnd(text, at);
  }

  private inStep(at: number, { start, end, kind, lineEnd = start }: Run): boolean {
    const step = this.pattern?.step;
    if (!step || step.in !== kind || at < lineEnd) return true;
    return (step.from === "start" ? at - Math.max(start, lineEnd) : end - at) % step.chars === 0;
  }

  /**
   * A cut at a token of this window that also begins the next window. Whether two tokens may be adjacent depends on
   * nothing else, so the joined tokens equal those of the whole text.
   */
  private cutAtAgreement(
    text: string,
    to: number,
    runs: Run[],
    window: Window,
  ): { accepted: Token[]; next: Window } | undefined {
    const { tokens, end, run, start } = window;
    const added = window.text.length - (end - start);
    const rest = (accepted: number) => this.codec.detokenize(tokens.slice(accepted));
    const wanted = WINDOW / 4;
    let guess = Math.max(0, tokens.length - wanted);
    guess = Math.round(tokens.length - (wanted * (tokens.length - guess)) / rest(guess).length);
    for (let i = 0; i < TRIES; i++) {
      const accepted = guess + (i % 2 === 0 ? i / 2 : -(i + 1) / 2);
      if (accepted <= 0 || accepted >= tokens.length) continue;
      const right = rest(accepted);
      const at = end + added - right.length;
      if (at <= Math.max(start, run!.start) || at >= end - WINDOW / 16) continue;
      if (!this.isCut(text, at, run!) || isMark(text, at) || !window.text.endsWith(right)) continue;
      // This replacement character can stand for a part of a character.
      if (right.includes("\ufffd") && !isSame(this.codec.tokenize(right), tokens.slice(accepted))) continue;
      const next = this.windowFrom(text, at, to, runs);
      if (next.tokens[0] === tokens[accepted]) return { accepted: tokens.slice(0, accepted), next };
    }
    return undefined;
  }

  /** A cut for windows that agree nowhere. The tokens may differ from those of the whole text, but not their text. */
  private cutAnywhere(
    text: string,
    to: number,
    runs: Run[],
    { start, end, run }: Window,
  ): { accepted: Token[]; next: Window } {
    const middle = this.nearestCut(text, end - WINDOW / 4, run!);
    const accepted = this.codec.tokenize(text.slice(start, middle));
    return { accepted, next: this.windowFrom(text, middle, to, runs) };
  }
}

/** The longest run of one kind from here; a single character if it is of no kind. */
function* runFrom(text: string, start: number, kinds: RegExp[]): Generator<Token[], Run> {
  for (const kind of kinds) {
    let end = start;
    let pause = start + PAUSE_CHARS;
    for (;;) {
      kind.lastIndex = end;
      if (!kind.test(text)) break;
      end = kind.lastIndex;
      if (end < pause) continue;
      pause = end + PAUSE_CHARS;
      yield [];
    }
    if (end > start) return { start, end, kind };
  }
  return { start, end: start + (isLowSurrogate(text, start + 1) ? 2 : 1), kind: DIGITS };
}

function* casedWords(text: string, { start, end, kind }: Run): Generator<Token[], Run[]> {
  const words: Run[] = [];
  let from = start;
  let small = false;
  for (let at = start; at < end; at++) {
    if (at % PAUSE_CHARS === 0) yield [];
    if (isSmall(text, at)) small = true;
    else if (small && isCapital(text, at)) {
      words.push({ start: from, end: at, kind });
      from = at;
      small = false;
    }
  }
  return [...words, { start: from, end, kind }];
}

const isLetters = (kind: RegExp) => kind === LETTERS || kind === LETTERS_AND_MARKS;
const isBetween = (text: string, at: number, first: string, last: string) => text[at]! >= first && text[at]! <= last;
const isCapital = (text: string, at: number) => isBetween(text, at, "A", "Z");
const isSmall = (text: string, at: number) => isBetween(text, at, "a", "z");
const isLowSurrogate = (text: string, at: number) => isBetween(text, at, "\udc00", "\udfff");
const isLineEnd = (text: string, at: number) => text[at] === "\n" || text[at] === "\r";
const isMark = (text: string, at: number) => /^\p{M}/u.test(text.slice(at, at + 2));
const isSame = (a: Token[], b: Token[]) => a.length === b.length && a.every((token, i) => token === b[i]);
