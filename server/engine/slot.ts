/** One place on the model where one conversation at a time has its state. */
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import type { ChunkSizer } from "./chunks.ts";
import type { Seat } from "./gate.ts";
import { checkpointLengths } from "./internals.ts";
import type { ParkedState, Parking } from "./parking.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

/** In long prompts a checkpoint is taken this often, for edits of early messages and interrupted reading. */
const CHECKPOINT_EVERY = 4096;
/** Tokens that are read again sooner than a state is saved or loaded for them. */
const NOT_WORTH_A_FILE = 64;

export type ReadOptions = { seat: Seat; signal: AbortSignal; onRead?: (read: number, total: number) => void };

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
  /** Whether the conversation in here goes on. */
  private goesOn = false;

  constructor(context: LlamaContext, parking: Parking, sizer: ChunkSizer, checkpoints: number) {
    this.context = context;
    this.contextTokens = context.contextSize;
    this.parking = parking;
    this.sizer = sizer;
    this.checkpoints = checkpoints;
    this.sequence = this.newSequence();
  }

  /** How many tokens of a prompt need no reading here as things are, checkpoints taken into account. */
  reusable(prompt: readonly Token[]): number {
    const common = commonPrefix(this.tokens, prompt);
    if (common === this.tokens.length || this.checkpoints === 0) return common;
    return Math.max(0, ...checkpointLengths(this.sequence).filter((length) => length <= common));
  }

  /**
   * Brings the slot as near to the prompt as its own state, or a parked one, allows; a conversation that would be lost
   * by it is parked first. Returns how many of the prompt's tokens need no reading.
   */
  async adopt(prompt: EncodedPrompt, goesOn: boolean): Promise<number> {
    const live = this.reusable(prompt.tokens);
    const parked = this.parking.best(prompt.tokens);
    const better = parked !== undefined && parked.reuse > live + NOT_WORTH_A_FILE;
    if (this.wouldBeLost(prompt.tokens, live)) await this.park();
    if (better) await this.load(parked.state);
    await this.rewindTo(prompt.tokens);
    // What differs in its first message is another conversation, not an edit of this one.
    this.lastTurn = prompt.turnStart > prompt.systemEnd ? prompt.turnStart : prompt.tokens.length;
    this.goesOn = goesOn;
    this.canonical = this.tokens.length;
    return this.tokens.length;
  }

  /** Reads the prompt's tokens from where the slot stands, taking checkpoints on the way. */
  async read(prompt: EncodedPrompt, options: ReadOptions): Promise<void> {
    const { tokens, systemEnd, stableEnd } = prompt;
    const from = this.tokens.length;
    const marks = [systemEnd, stableEnd, tokens.length].filter((mark) => mark !== undefined && mark > from) as number[];
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
  private wouldBeLost(prompt: readonly Token[], reuse: number): boolean {
    if (!this.goesOn || this.canonical - reuse < NOT_WORTH_A_FILE) return false;
    if (commonPrefix(this.tokens, prompt) >= Math.min(this.lastTurn, this.canonical)) return false;
    return !this.parking.holds(this.tokens.slice(0, this.canonical));
  }

  private async park(): Promise<void> {
    await this.rewindTo(this.tokens.slice(0, this.canonical));
    if (this.tokens.length > 0) await this.parking.park(this.sequence, this.tokens);
  }

  private async parkPrefix(): Promise<void> {
    if (this.tokens.length >= NOT_WORTH_A_FILE && !this.parking.holds(this.tokens))
      await this.parking.parkPrefix(this.sequence, this.tokens);
  }

  private async load(state: ParkedState): Promise<void> {
    await this.renew();
    if (await this.parking.restore(state, this.sequence)) {
      this.tokens = this.sequence.contextTokens;
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
