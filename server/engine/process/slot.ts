/** A slot: a sequence of the model that holds one conversation's state at a time. */
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import { originOf } from "../states/origin.ts";
import { leastUseful } from "./checkpoints.ts";
import type { ChunkSizer } from "./chunks.ts";
import type { StepRunner } from "./gate.ts";
import { checkpointLengths, dropCheckpoint } from "./internals.ts";
import type { CachedState, StateCache, StateQuery } from "./stateCache.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

/** Distance of checkpoints in long prompts, tokens. They serve edits of early messages and interrupted reading. */
const CHECKPOINT_EVERY = 4096;
/**
 * Below this many tokens, reading again is cheaper than saving or loading a state file. A conversation that comes back
 * reads at most this many tokens besides its new message.
 */
const MIN_SAVED_TOKENS = 16;
/**
 * A message that is still being typed can change, and a state on disk cannot be rewound. The state is saved without the
 * draft as far as it was read ahead, if that costs at most this many tokens of reading again.
 */
const DRAFT_TOKENS = 256;

/** `onRead`: called with the number of tokens read so far, and of all to read. */
export type ReadOptions = { runner: StepRunner; signal: AbortSignal; onRead?: (read: number, total: number) => void };

/**
 * `keepIn`: where the conversation's state is kept when another one takes the slot; left out: nowhere. `draft`: its last
 * message can still change. `sharedOnce`: save the state of its beginning only when another conversation has begun the
 * same way.
 */
export type AdoptOptions = { keepIn?: "disk" | "memory"; draft?: boolean; sharedOnce?: boolean };

/** Keeps track of the tokens in one sequence, and caches its conversation before another one takes the slot. */
export class Slot {
  /** Maximum number of tokens in the slot. */
  readonly contextTokens: number;
  private readonly context: LlamaContext;
  private readonly cache: StateCache;
  private readonly sizer: ChunkSizer;
  /** Maximum number of checkpoints. 0: the state can be rewound to any token, as keys and values can. */
  private readonly checkpoints: number;
  private sequence: LlamaContextSequence;
  /** The tokens in the sequence. */
  private tokens: Token[] = [];
  /** How many of `tokens` belong to the transcript. The rest is a thought, and the answer after it. */
  private canonical = 0;
  /** Where the last turn of the conversation begins. If a prompt differs only from here on, nothing needs saving. */
  private lastTurn = 0;
  /** Where the draft begins. */
  private draftFrom = Number.POSITIVE_INFINITY;
  private keepIn: AdoptOptions["keepIn"];
  private sharedOnce = false;
  /** What `save` last tried to save. A failed save is not repeated. */
  private lastTried = { prompt: {}, length: 0 };
  /** The prompt in the sequence, or the one that the sequence holds a part of. */
  private prompt: Pick<EncodedPrompt, "origin" | "replies" | "systemEnd"> = {
    origin: originOf(),
    replies: [],
    systemEnd: 0,
  };

  constructor(context: LlamaContext, cache: StateCache, sizer: ChunkSizer, checkpoints: number) {
    this.context = context;
    this.contextTokens = context.contextSize;
    this.cache = cache;
    this.sizer = sizer;
    this.checkpoints = checkpoints;
    this.sequence = this.newSequence();
  }

  /** How many leading tokens of a prompt need no reading in this slot now, checkpoints included. */
  reusable(prompt: StateQuery): number {
    return this.rewindLength(this.sharedLength(prompt));
  }

  /**
   * How many leading tokens of a prompt this slot may share. A prompt of another owner shares the whole system turn or
   * nothing. Otherwise one owner could find out another's messages by trying.
   */
  private sharedLength({ tokens, systemEnd, origin: { owner } }: StateQuery): number {
    const common = commonPrefix(this.tokens, tokens);
    if (owner === this.prompt.origin.owner) return common;
    return systemEnd === this.prompt.systemEnd && common >= systemEnd ? systemEnd : 0;
  }

  /** How many tokens remain after rewinding to this length. */
  private rewindLength(length: number): number {
    if (length === this.tokens.length || this.checkpoints === 0) return length;
    return Math.max(0, ...checkpointLengths(this.sequence).filter((checkpoint) => checkpoint <= length));
  }

  /** The slow part of `adopt`, during which other requests can run. Throws the signal's reason. */
  async verify(prompt: EncodedPrompt, signal: AbortSignal): Promise<void> {
    for (;;) {
      const cached = this.betterCached(prompt);
      if (!cached || (await this.cache.verify(cached, signal))) return;
    }
  }

  /**
   * Brings the slot as close to the prompt as its own state or a cached one allows. First caches the current
   * conversation if it would be lost. Returns how many of the prompt's tokens need no reading.
   */
  async adopt(prompt: EncodedPrompt, { keepIn, draft = false, sharedOnce = false }: AdoptOptions): Promise<number> {
    const cached = this.betterCached(prompt);
    if (this.wouldBeLost(prompt)) await this.cacheState(this.cacheableLength(), cached);
    if (cached) await this.load(cached, prompt);
    await this.rewindTo(prompt.tokens.slice(0, this.sharedLength(prompt)));
    // A prompt that differs in its first message is another conversation, not an edit of this one.
    this.lastTurn = prompt.turnStart > prompt.systemEnd ? prompt.turnStart : prompt.tokens.length;
    this.draftFrom = draft ? prompt.turnStart : Number.POSITIVE_INFINITY;
    this.keepIn = keepIn;
    this.sharedOnce = sharedOnce;
    this.prompt = prompt;
    this.canonical = this.tokens.length;
    return this.tokens.length;
  }

  private betterCached(prompt: EncodedPrompt): CachedState | undefined {
    const cached = this.cache.best(prompt);
    return cached && cached.reuse > this.reusable(prompt) + MIN_SAVED_TOKENS ? cached.state : undefined;
  }

  /** Reads the rest of the prompt and takes checkpoints on the way. */
  async read(prompt: EncodedPrompt, options: ReadOptions): Promise<void> {
    const { tokens, systemEnd, stableEnd } = prompt;
    const from = this.tokens.length;
    const marks = [systemEnd, stableEnd, tokens.length].filter((mark) => mark !== undefined && mark > from) as number[];
    // A checkpoint before the draft: for saving, and for when the user types something else.
    if (this.draftFrom > from && this.draftFrom < tokens.length) marks.push(this.draftFrom);
    for (let at = from + CHECKPOINT_EVERY; at < tokens.length; at += CHECKPOINT_EVERY) marks.push(at);
    marks.sort((a, b) => a - b);
    for (const mark of marks) {
      await this.feed(tokens.slice(this.tokens.length, mark), {
        ...options,
        onRead: () => options.onRead?.(this.tokens.length - from, tokens.length - from),
      });
      await options.runner.run(async () => {
        if (mark === systemEnd) await this.cachePrefix();
        await this.takeCheckpoint();
      });
    }
    // Reading ahead or a state file can reach the end without a checkpoint there.
    if (marks.length === 0) await options.runner.run(() => this.takeCheckpoint());
  }

  private async takeCheckpoint(): Promise<void> {
    const lengths = checkpointLengths(this.sequence);
    if (this.checkpoints === 0 || lengths.includes(this.tokens.length)) return;
    if (lengths.length >= this.checkpoints) dropCheckpoint(this.sequence, leastUseful(lengths));
    await this.sequence.takeCheckpoint();
  }

  /** Evaluates tokens in chunks. Chunks finished before an abort stay valid. */
  private async feed(tokens: Token[], { runner, signal, onRead }: ReadOptions): Promise<void> {
    for (let i = 0; i < tokens.length; ) {
      signal.throwIfAborted();
      await runner.run(async () => {
        signal.throwIfAborted();
        const chunk = tokens.slice(i, i + this.sizer.next(tokens.length - i, runner.prefersShortSteps));
        const started = performance.now();
        await this.sequence.evaluateWithoutGeneratingNewTokens(chunk);
        this.sizer.record(chunk.length, performance.now() - started);
        this.tokens.push(...chunk);
        this.canonical = this.tokens.length;
        i += chunk.length;
      });
      onRead?.(this.tokens.length, tokens.length);
    }
  }

  /** Generates after the tokens in the slot. Call `generated` afterwards. */
  evaluate(...args: Parameters<LlamaContextSequence["evaluate"]>): ReturnType<LlamaContextSequence["evaluate"]> {
    return this.sequence.evaluate(...args);
  }

  get sequenceTokens(): number {
    return this.sequence.nextTokenIndex;
  }

  /** Call this when generation has ended in any way. Generated tokens are not part of the transcript. */
  generated(): void {
    this.canonical = this.tokens.length;
    this.tokens = this.sequence.contextTokens;
  }

  /** Rewinds the sequence to the longest prefix of these tokens that needs no evaluation. */
  async rewindTo(tokens: readonly Token[]): Promise<void> {
    const common = commonPrefix(this.tokens, tokens);
    if (common < this.tokens.length) {
      // allowShift must be false: shifting silently corrupts the state of a hybrid model.
      await this.sequence.adaptStateToTokens(tokens.slice(0, common), false);
      this.tokens.length = this.sequence.nextTokenIndex;
      this.canonical = Math.min(this.canonical, this.tokens.length);
    }
  }

  private newSequence(): LlamaContextSequence {
    // No interval: the library takes checkpoints only between calls, where `read` takes them at chosen positions.
    return this.context.getSequence({ checkpoints: { max: this.checkpoints, interval: false } });
  }

  /** Whether adopting this prompt discards a conversation, and not only its last turn. */
  private wouldBeLost(prompt: EncodedPrompt): boolean {
    if (!this.keepIn) return false;
    const { owner, conversation } = this.prompt.origin;
    const same = owner === prompt.origin.owner && conversation === prompt.origin.conversation;
    if (same && commonPrefix(this.tokens, prompt.tokens) >= Math.min(this.lastTurn, this.canonical)) return false;
    const covered = Math.max(this.reusable(prompt), this.cache.reusable(this.transcript(this.canonical), false));
    return this.canonical - covered >= MIN_SAVED_TOKENS;
  }

  /** How many tokens to cache while this process lives. A draft that took long to read is included. */
  private cacheableLength(): number {
    const finalLength = this.finalLength();
    return this.canonical - finalLength <= DRAFT_TOKENS ? finalLength : this.rewindLength(this.canonical);
  }

  /** How many leading tokens are final and can be saved. */
  private finalLength(): number {
    return this.rewindLength(Math.min(this.canonical, this.draftFrom));
  }

  /**
   * Whether the conversation has tokens that are worth saving and not on disk yet.
   * @param ending whether the process is about to end and will lose what is only in memory.
   */
  isUnsaved(ending: boolean): boolean {
    const finalLength = this.finalLength();
    const lastTried = this.lastTried.prompt === this.prompt && this.lastTried.length === finalLength;
    if (this.keepIn !== "disk" || (!ending && (lastTried || this.canonical - finalLength > DRAFT_TOKENS))) return false;
    return finalLength - this.cache.reusable(this.transcript(finalLength), true) >= MIN_SAVED_TOKENS;
  }

  /** Saves the conversation, without a draft at its end. */
  async save(ending: boolean): Promise<void> {
    if (!this.isUnsaved(ending)) return;
    this.lastTried = { prompt: this.prompt, length: this.finalLength() };
    await this.cacheState(this.lastTried.length);
  }

  /** Whether the slot holds anything of that conversation (a hash). */
  holds(conversation: string): boolean {
    return this.prompt.origin.conversation === conversation && this.tokens.length > 0;
  }

  /** Whether the slot holds the conversation of this prompt, and nothing of it that the prompt lacks. */
  isContinuedBy({ tokens, origin: { conversation } }: StateQuery): boolean {
    return (
      conversation !== undefined && this.holds(conversation) && commonPrefix(this.tokens, tokens) >= this.canonical
    );
  }

  /** Discards everything in the slot. */
  async clear(): Promise<void> {
    this.keepIn = undefined;
    this.canonical = 0;
    this.prompt = { origin: originOf(), replies: [], systemEnd: 0 };
    await this.renew();
  }

  private transcript(length: number): StateQuery {
    return { ...this.prompt, tokens: this.tokens.slice(0, length) };
  }

  /** @param wanted another state of the conversation that is about to be loaded, and must stay. */
  private async cacheState(length: number, wanted?: CachedState): Promise<void> {
    await this.rewindTo(this.tokens.slice(0, length));
    if (this.tokens.length === 0) return;
    const { origin, replies } = this.prompt;
    const meta = { ...origin, tokens: this.tokens.slice(), replies };
    if (this.keepIn === "memory") await this.cache.keepInMemory(this.sequence, meta, wanted);
    else await this.cache.save(this.sequence, meta, wanted);
  }

  private async cachePrefix(): Promise<void> {
    const { length } = this.tokens;
    if (this.sharedOnce && !this.cache.hasSeen(this.tokens)) return;
    if (length - this.cache.reusable(this.transcript(length), true) >= MIN_SAVED_TOKENS)
      await this.cache.savePrefix(this.sequence, this.tokens.slice());
  }

  private async load(state: CachedState, { origin, systemEnd }: EncodedPrompt): Promise<void> {
    await this.renew();
    if (await this.cache.restore(state, this.sequence)) {
      this.tokens = this.sequence.contextTokens;
      this.prompt = { origin, replies: [], systemEnd };
      await this.takeCheckpoint();
    } else await this.renew();
  }

  private async renew(): Promise<void> {
    // Forget the tokens before the first await: a search for a slot in the meantime must find nothing here.
    this.tokens = [];
    await this.sequence.dispose();
    this.sequence = this.newSequence();
  }
}
