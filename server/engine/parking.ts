/** Where conversations wait while another one has their place: states on disk, checkpoints in memory, both capped. */
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { type KeptCheckpoints, keepCheckpoints } from "./internals.ts";
import type { StateMeta } from "./states/entry.ts";
import type { SavedState, StateStore } from "./states/store.ts";
import { whose } from "./states/whose.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

export type ParkingOptions = {
  store: StateStore;
  /** What the checkpoints of all that waits may take in RAM, bytes. */
  checkpointBytes: number;
  /** Whether a state can be rewound to any of its tokens, without checkpoints. */
  rewindable: boolean;
};

export type ParkedState = SavedState & { checkpoints?: KeptCheckpoints };
export type Found = { state: ParkedState; reuse: number };

/** What of a prompt matters to the states that are held: whose it is, and what it begins with. */
export type Sought = Pick<EncodedPrompt, "tokens" | "systemEnd" | "whose">;

export class Parking {
  private readonly options: ParkingOptions;
  /** Least recently used first. */
  private states: ParkedState[] = [];
  /** What is being written now; `forgotten` meanwhile, it is not kept. */
  private readonly writing = new Set<{ conversation?: string; forgotten: boolean }>();
  private readonly replacing = new Set<Promise<void>>();

  constructor(options: ParkingOptions) {
    this.options = options;
    options.store.onRemoved = (gone) => {
      for (const state of this.states)
        void state.whole.then((entry) => entry && gone(entry.folder) && this.leaveOut(state));
    };
  }

  /** Finds what earlier processes have kept. Returns the conversations among it. */
  async open(): Promise<StateMeta[]> {
    this.states = await this.options.store.open();
    return this.states.filter(({ kind }) => kind === "conversation");
  }

  /** The state that saves the most reading, and how many tokens of the prompt it holds. */
  best(prompt: Sought): Found | undefined {
    let best: Found | undefined;
    for (const state of this.states) {
      const reuse = this.reuse(state, prompt, state.checkpoints?.lengths);
      if (reuse > (best?.reuse ?? 0)) best = { state, reuse };
    }
    return best;
  }

  /**
   * How many leading tokens of a conversation need no reading when it comes back.
   * @param lasting in another process, which has no checkpoints.
   */
  kept(conversation: Sought, lasting: boolean): number {
    return Math.max(0, ...this.states.map((s) => this.reuse(s, conversation, lasting ? [] : s.checkpoints?.lengths)));
  }

  private reuse(state: ParkedState, { tokens, systemEnd, whose }: Sought, checkpoints: number[] = []): number {
    const common = commonPrefix(state.tokens, tokens);
    const whole = common === state.tokens.length;
    // What many begin with is theirs together, but none may find out how it goes on by trying.
    if (state.kind === "prefix") return whole && common <= systemEnd ? common : 0;
    if (state.owner !== whose.owner) return 0;
    // One that goes on differently is of use as far as it can be rewound.
    if (whole || this.options.rewindable) return common;
    return Math.max(0, ...checkpoints.filter((length) => length <= common));
  }

  /** Saves the conversation that the sequence holds. */
  async park(sequence: LlamaContextSequence, meta: Omit<StateMeta, "kind">): Promise<void> {
    const older = this.states.filter((state) => isOlder(state, meta));
    const state = await this.save(sequence, { kind: "conversation", ...meta }, keepCheckpoints(sequence));
    if (!state) return;
    const replaced = state.whole.then(async (entry) => {
      if (entry) for (const old of older) await this.drop(old);
    });
    this.replacing.add(replaced);
    void replaced.finally(() => this.replacing.delete(replaced));
  }

  /** Saves a state that many conversations begin with (a system prompt): it is never rewound and needs no checkpoints. */
  async parkPrefix(sequence: LlamaContextSequence, tokens: Token[]): Promise<void> {
    await this.save(sequence, { kind: "prefix", ...whose(), tokens, said: [] });
  }

  /** Whether a state can be restored; the slow part of that, which need not hold up others. Throws the signal's reason. */
  async verify(state: ParkedState, signal?: AbortSignal): Promise<boolean> {
    if (await this.options.store.verify(state, signal)) return true;
    await this.drop(state);
    return false;
  }

  /**
   * Loads a state into a sequence that has never held another: checkpoints of an old one would be taken for its own.
   * Returns whether it could be read; if not, it is dropped, and costs reading the prompt, nothing else.
   */
  async restore(state: ParkedState, fresh: LlamaContextSequence): Promise<boolean> {
    const file = await this.options.store.verify(state);
    try {
      if (!file) throw new Error("It is not whole.");
      await fresh.loadStateFromFile(file, { acceptRisk: true });
      const held = fresh.contextTokens;
      if (held.length !== state.tokens.length || commonPrefix(held, state.tokens) < held.length)
        throw new Error("It holds something else than its index says.");
    } catch {
      await this.drop(state);
      return false;
    }
    state.checkpoints?.restoreTo(fresh);
    this.states = [...this.states.filter((s) => s !== state), state];
    await this.options.store.touch(state);
    return true;
  }

  /** Removes what is kept of a conversation, also what is being saved at the moment. */
  async forget(conversation: string): Promise<void> {
    for (const write of this.writing) if (write.conversation === conversation) write.forgotten = true;
    const states = this.states.filter((state) => state.conversation === conversation);
    await Promise.all(states.map((state) => this.drop(state)));
  }

  /** Resolves when all that has been parked is safe on disk, or has failed. */
  async settled(): Promise<void> {
    await this.options.store.settled();
    await Promise.all(this.replacing);
  }

  private async save(
    sequence: LlamaContextSequence,
    meta: StateMeta,
    checkpoints?: KeptCheckpoints,
  ): Promise<ParkedState | undefined> {
    const writing = { conversation: meta.conversation, forgotten: false };
    this.writing.add(writing);
    const saved = await this.options.store.save(meta, async (file) => (await sequence.saveStateToFile(file)).fileSize);
    this.writing.delete(writing);
    if (!saved) {
      checkpoints?.free();
      return undefined;
    }
    const state: ParkedState = { ...saved, checkpoints };
    this.states.push(state);
    if (writing.forgotten) await this.drop(state);
    else void state.whole.then((entry) => entry ?? this.leaveOut(state));
    this.capCheckpoints();
    return state;
  }

  private async drop(state: ParkedState): Promise<void> {
    this.leaveOut(state);
    await this.options.store.remove(state);
  }

  private leaveOut(state: ParkedState): void {
    if (!this.states.includes(state)) return;
    this.states = this.states.filter((s) => s !== state);
    state.checkpoints?.free();
    state.checkpoints = undefined;
  }

  private capCheckpoints(): void {
    const sum = () => this.states.reduce((total, s) => total + (s.checkpoints?.bytes ?? 0), 0);
    for (const state of this.states) {
      if (sum() <= this.options.checkpointBytes) break;
      state.checkpoints?.free();
      state.checkpoints = undefined;
    }
  }
}

/** A conversation has one end: what is kept of it from before has nothing that is still needed. Without an id it is told by its beginning. */
function isOlder(state: ParkedState, { owner, conversation, tokens }: Omit<StateMeta, "kind">): boolean {
  if (state.kind !== "conversation" || state.owner !== owner || state.conversation !== conversation) return false;
  return conversation !== undefined || commonPrefix(state.tokens, tokens) === state.tokens.length;
}
