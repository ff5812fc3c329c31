/** One place on the model where one conversation at a time has its state. */
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import type { ChunkSizer } from "./chunks.ts";
import type { Seat } from "./gate.ts";
import { checkpointLengths } from "./internals.ts";
import type { ParkedState, Parking, Sought } from "./parking.ts";
import { whose } from "./states/whose.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

/** In long prompts a checkpoint is taken this often, for edits of early messages and interrupted reading. */
const CHECKPOINT_EVERY = 4096;
/**
 * So few tokens are read again sooner than a state is saved or loaded for them. A conversation that comes back reads at
 * most so many beside its new message.
 */
const NOT_WORTH_A_FILE = 16;
/**
 * What is still being typed may become something else, and a state on disk cannot be rewound: it is saved without the
 * last message as far as that has been read ahead, where this costs no more than reading so many tokens again.
 */
const DRAFT_TOKENS = 256;

export type ReadOptions = { seat: Seat; signal: AbortSignal; onRead?: (read: number, total: number) => void };

/** `goesOn`: the conversation's state is worth keeping. `draft`: its last message may still change. */
export type AdoptOptions = { goesOn: boolean; draft?: boolean };

export class Slot {
  readonly contextTokens: number;
  private readonly context: LlamaContext;
  private readonly parking: Parking;
  private readonly sizer: ChunkSizer;
  /** How many it may have; 0: the state can be rewound to any of its tokens, as keys and values can. */
  private readonly checkpoints: number;
  private sequence: LlamaContextSequence;
  /** What the sequence holds. */
  private tokens: Token[] = [];
  /** How many of those are the canonical transcript: the rest is a thought, and an answer read behind a thought. */
  private canonical = 0;
  /** From here on the conversation in here may be thrown away when the prompt goes another way: it is its last turn. */
  private lastTurn = 0;
  /** From here on it is a draft. */
  private draftFrom = Number.POSITIVE_INFINITY;
  /** Whether the conversation in here goes on. */
  private goesOn = false;
  /** What `save` was last asked to save: what could not be saved is not tried again and again. */
  private tried = { prompt: {}, length: 0 };
  /** Of the prompt that is in here, or of which a part is. */
  private prompt: Pick<EncodedPrompt, "whose" | "said" | "systemEnd"> = { whose: whose(), said: [], systemEnd: 0 };

  constructor(context: LlamaContext, parking: Parking, sizer: ChunkSizer, checkpoints: number) {
    this.context = context;
    this.contextTokens = context.contextSize;
    this.parking = parking;
    this.sizer = sizer;
    this.checkpoints = checkpoints;
    this.sequence = this.newSequence();
  }

  /** How many tokens of a prompt need no reading here as things are, checkpoints taken into account. */
  reusable(prompt: Sought): number {
    return this.rewindable(this.shared(prompt));
  }

  /**
   * How many tokens of a prompt may be taken from what is in here. Of another owner's conversation that is the system turn,
   * and all of it or nothing: else one could find out by trying what another has said.
   */
  private shared({ tokens, systemEnd, whose: { owner } }: Sought): number {
    const common = commonPrefix(this.tokens, tokens);
    if (owner === this.prompt.whose.owner) return common;
    return systemEnd === this.prompt.systemEnd && common >= systemEnd ? systemEnd : 0;
  }

  /** How many tokens are left when it is rewound to so many. */
  private rewindable(length: number): number {
    if (length === this.tokens.length || this.checkpoints === 0) return length;
    return Math.max(0, ...checkpointLengths(this.sequence).filter((checkpoint) => checkpoint <= length));
  }

  /** Does the slow part of `adopt` that others need not wait for. Throws the signal's reason. */
  async verify(prompt: EncodedPrompt, signal: AbortSignal): Promise<void> {
    for (;;) {
      const parked = this.betterParked(prompt);
      if (!parked || (await this.parking.verify(parked, signal))) return;
    }
  }

  /**
   * Brings the slot as near to the prompt as its own state, or a parked one, allows; a conversation that would be lost
   * by it is parked first. Returns how many of the prompt's tokens need no reading.
   */
  async adopt(prompt: EncodedPrompt, { goesOn, draft = false }: AdoptOptions): Promise<number> {
    const parked = this.betterParked(prompt);
    if (this.wouldBeLost(prompt)) await this.park(this.worthParking());
    if (parked) await this.load(parked, prompt);
    await this.rewindTo(prompt.tokens.slice(0, this.shared(prompt)));
    // What differs in its first message is another conversation, not an edit of this one.
    this.lastTurn = prompt.turnStart > prompt.systemEnd ? prompt.turnStart : prompt.tokens.length;
    this.draftFrom = draft ? prompt.turnStart : Number.POSITIVE_INFINITY;
    this.goesOn = goesOn;
    this.prompt = prompt;
    this.canonical = this.tokens.length;
    return this.tokens.length;
  }

  private betterParked(prompt: EncodedPrompt): ParkedState | undefined {
    const parked = this.parking.best(prompt);
    return parked && parked.reuse > this.reusable(prompt) + NOT_WORTH_A_FILE ? parked.state : undefined;
  }

  /** Reads the prompt's tokens from where the slot stands, taking checkpoints on the way. */
  async read(prompt: EncodedPrompt, options: ReadOptions): Promise<void> {
    const { tokens, systemEnd, stableEnd } = prompt;
    const from = this.tokens.length;
    const marks = [systemEnd, stableEnd, tokens.length].filter((mark) => mark !== undefined && mark > from) as number[];
    // Back to before what is typed, to be saved, or when it is typed anew.
    if (this.draftFrom > from && this.draftFrom < tokens.length) marks.push(this.draftFrom);
    for (let at = from + CHECKPOINT_EVERY; at < tokens.length; at += CHECKPOINT_EVERY) marks.push(at);
    marks.sort((a, b) => a - b);
    for (const mark of marks) {
      await this.feed(tokens.slice(this.tokens.length, mark), {
        ...options,
        onRead: () => options.onRead?.(this.tokens.length - from, tokens.length - from),
      });
      await options.seat.run(async () => {
        if (mark === systemEnd) await this.parkPrefix();
        await this.sequence.takeCheckpoint();
      });
    }
    // The end may have been reached before, without a checkpoint there: by reading ahead, or from a state file.
    if (marks.length === 0) await options.seat.run(() => this.sequence.takeCheckpoint());
  }

  /** Evaluates tokens in chunks. What was read when the signal comes stays valid. */
  private async feed(tokens: Token[], { seat, signal, onRead }: ReadOptions): Promise<void> {
    for (let i = 0; i < tokens.length; ) {
      signal.throwIfAborted();
      await seat.run(async () => {
        signal.throwIfAborted();
        const chunk = tokens.slice(i, i + this.sizer.next);
        const started = performance.now();
        await this.sequence.evaluateWithoutGeneratingNewTokens(chunk);
        this.sizer.measured(chunk.length, performance.now() - started);
        this.tokens.push(...chunk);
        this.canonical = this.tokens.length;
        i += chunk.length;
      });
      onRead?.(this.tokens.length, tokens.length);
    }
  }

  /** Generation goes on from here; `generated` tells the slot afterwards what the sequence holds. */
  evaluate(...args: Parameters<LlamaContextSequence["evaluate"]>): ReturnType<LlamaContextSequence["evaluate"]> {
    return this.sequence.evaluate(...args);
  }

  get sequenceTokens(): number {
    return this.sequence.nextTokenIndex;
  }

  /** To be called when generation has ended, however it ended: what was generated is not part of the transcript. */
  generated(): void {
    this.canonical = this.tokens.length;
    this.tokens = this.sequence.contextTokens;
  }

  /** Makes the sequence hold a prefix of these tokens, as long as can be had without evaluating anything. */
  async rewindTo(tokens: readonly Token[]): Promise<void> {
    const common = commonPrefix(this.tokens, tokens);
    if (common < this.tokens.length) {
      // allowShift must be false: shifting a hybrid model's state silently contaminates it.
      await this.sequence.adaptStateToTokens(tokens.slice(0, common), false);
      this.tokens.length = this.sequence.nextTokenIndex;
      this.canonical = Math.min(this.canonical, this.tokens.length);
    }
  }

  private newSequence(): LlamaContextSequence {
    // No interval: the library takes those only between calls, where we take our own.
    return this.context.getSequence({ checkpoints: { max: this.checkpoints, interval: false } });
  }

  /** Whether going on with this prompt throws away a conversation, and not just the last turn of one. */
  private wouldBeLost(prompt: EncodedPrompt): boolean {
    if (!this.goesOn) return false;
    const { owner, conversation } = this.prompt.whose;
    const same = owner === prompt.whose.owner && conversation === prompt.whose.conversation;
    if (same && commonPrefix(this.tokens, prompt.tokens) >= Math.min(this.lastTurn, this.canonical)) return false;
    const held = Math.max(this.reusable(prompt), this.parking.kept(this.transcript(this.canonical), false));
    return this.canonical - held >= NOT_WORTH_A_FILE;
  }

  /** How much of the conversation is kept while this process lives: a draft that took long to read is. */
  private worthParking(): number {
    const settled = this.settled();
    return this.canonical - settled <= DRAFT_TOKENS ? settled : this.rewindable(this.canonical);
  }

  /** How much of the conversation will not change any more, and can be saved. */
  private settled(): number {
    return this.rewindable(Math.min(this.canonical, this.draftFrom));
  }

  /**
   * Whether the conversation has come to something that is not on disk yet.
   * @param ending the process is: what is read in here is of no more use.
   */
  isUnsaved(ending: boolean): boolean {
    const settled = this.settled();
    const tried = this.tried.prompt === this.prompt && this.tried.length === settled;
    if (!this.goesOn || (!ending && (tried || this.canonical - settled > DRAFT_TOKENS))) return false;
    return settled - this.parking.kept(this.transcript(settled), true) >= NOT_WORTH_A_FILE;
  }

  /** Saves the conversation, without a draft at its end. */
  async save(ending: boolean): Promise<void> {
    if (!this.isUnsaved(ending)) return;
    this.tried = { prompt: this.prompt, length: this.settled() };
    await this.park(this.tried.length);
  }

  /** Whether anything of that conversation (a hash) is in here. */
  holds(conversation: string): boolean {
    return this.prompt.whose.conversation === conversation && this.tokens.length > 0;
  }

  /** Forgets all that is in here. */
  async clear(): Promise<void> {
    this.goesOn = false;
    this.canonical = 0;
    this.prompt = { whose: whose(), said: [], systemEnd: 0 };
    await this.renew();
  }

  private transcript(length: number): Sought {
    return { ...this.prompt, tokens: this.tokens.slice(0, length) };
  }

  private async park(length: number): Promise<void> {
    await this.rewindTo(this.tokens.slice(0, length));
    const { whose: of, said } = this.prompt;
    if (this.tokens.length > 0) await this.parking.park(this.sequence, { ...of, tokens: this.tokens.slice(), said });
  }

  private async parkPrefix(): Promise<void> {
    const { length } = this.tokens;
    if (length - this.parking.kept(this.transcript(length), true) >= NOT_WORTH_A_FILE)
      await this.parking.parkPrefix(this.sequence, this.tokens.slice());
  }

  private async load(state: ParkedState, { whose: of, systemEnd }: EncodedPrompt): Promise<void> {
    await this.renew();
    if (await this.parking.restore(state, this.sequence)) {
      this.tokens = this.sequence.contextTokens;
      this.prompt = { whose: of, said: [], systemEnd };
      await this.sequence.takeCheckpoint();
    } else await this.renew();
  }

  private async renew(): Promise<void> {
    // First: whoever looks for a slot meanwhile must find nothing here.
    this.tokens = [];
    await this.sequence.dispose();
    this.sequence = this.newSequence();
  }
}
