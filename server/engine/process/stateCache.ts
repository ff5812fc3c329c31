/** Holds conversations that have no slot now: states on disk and checkpoints in memory, both with a limit. */
import { createHash } from "node:crypto";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { StateMeta } from "../states/entry.ts";
import { originOf } from "../states/origin.ts";
import type { SavedState, StateStore } from "../states/store.ts";
import { leastUseful } from "./checkpoints.ts";
import { copyCheckpoints, type SavedCheckpoints } from "./internals.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

/** How many beginnings of prompts to remember. */
const REMEMBERED_PREFIXES = 64;

export type StateCacheOptions = {
  store: StateStore;
  /** Limit for the checkpoints of all cached states in RAM, bytes. */
  checkpointBytes: number;
  /** Whether a state can be rewound to any token, without checkpoints. */
  rewindable: boolean;
};

/** `returned`: whether its conversation has come back. */
export type CachedState = SavedState & { checkpoints?: SavedCheckpoints; returned?: boolean };
/** `reuse`: how many leading tokens of a prompt the state covers. */
export type CacheHit = { state: CachedState; reuse: number };

/** What decides which states a prompt may use: its owner, and where its system turn ends. */
export type StateQuery = Pick<EncodedPrompt, "tokens" | "systemEnd" | "origin">;

/** The cached states of one context: for the chat, or for edits. */
export class StateCache {
  private readonly options: StateCacheOptions;
  /** Least recently used first. */
  private states: CachedState[] = [];
  /** States that are being written. A `forgotten` one is dropped afterwards. */
  private readonly writing = new Set<{ conversation?: string; forgotten: boolean }>();
  private readonly replacing = new Set<Promise<void>>();
  /** Hashes of the beginnings of prompts, least recent first. */
  private readonly seen = new Set<string>();

  constructor(options: StateCacheOptions) {
    this.options = options;
    options.store.onRemoved = (isRemoved) => {
      for (const state of this.states)
        void state.entry.then((entry) => entry && isRemoved(entry.folder) && this.unlist(state));
    };
  }

  /** Finds the states that earlier processes have saved. Returns those of conversations. */
  async open(): Promise<StateMeta[]> {
    this.states = await this.options.store.open();
    return this.states.filter(({ kind }) => kind === "conversation");
  }

  /** The state that saves the most reading, and how many tokens of the prompt it covers. */
  best(prompt: StateQuery): CacheHit | undefined {
    let best: CacheHit | undefined;
    for (const state of this.states) {
      const reuse = this.reuse(state, prompt, state.checkpoints?.lengths);
      if (reuse > (best?.reuse ?? 0)) best = { state, reuse };
    }
    return best;
  }

  /**
   * How many leading tokens of a conversation need no reading when it comes back.
   * @param lasting whether it comes back in another process, which has no checkpoints.
   */
  reusable(conversation: StateQuery, lasting: boolean): number {
    return Math.max(0, ...this.states.map((s) => this.reuse(s, conversation, lasting ? [] : s.checkpoints?.lengths)));
  }

  private reuse(state: CachedState, { tokens, systemEnd, origin }: StateQuery, checkpoints: number[] = []): number {
    const common = commonPrefix(state.tokens, tokens);
    const whole = common === state.tokens.length;
    // All owners share prefixes, but only whole ones: otherwise one could find out another owner's prefix by trying.
    if (state.kind === "prefix") return whole && common <= systemEnd ? common : 0;
    if (state.owner !== origin.owner) return 0;
    // A conversation that differs later is useful as far as it can be rewound.
    if (whole || this.options.rewindable) return common;
    return Math.max(0, ...checkpoints.filter((length) => length <= common));
  }

  /** Saves the conversation that the sequence holds. Its older states are dropped, except for the one to keep. */
  async save(sequence: LlamaContextSequence, meta: Omit<StateMeta, "kind">, keep?: CachedState): Promise<void> {
    const older = this.states.filter((state) => state !== keep && isOlder(state, meta));
    const checkpoints = copyCheckpoints(sequence);
    // The file itself restores the end.
    const end = checkpoints.lengths.indexOf(meta.tokens.length);
    if (end >= 0) checkpoints.drop(end);
    // A conversation that is saved a second time has been continued, so it counts as returned.
    const state = await this.write(sequence, { kind: "conversation", ...meta }, checkpoints, older.length > 0);
    if (!state) return;
    const replaced = state.entry.then(async (entry) => {
      if (entry) for (const old of older) await this.drop(old);
    });
    this.replacing.add(replaced);
    void replaced.finally(() => this.replacing.delete(replaced));
  }

  /**
   * Saves a state that many conversations begin with (a system prompt). It is never rewound, so it needs no
   * checkpoints.
   */
  async savePrefix(sequence: LlamaContextSequence, tokens: Token[]): Promise<void> {
    await this.write(sequence, { kind: "prefix", ...originOf(), tokens, replies: [] });
  }

  /** Whether another prompt has begun with these tokens. Remembers them. */
  hasSeen(tokens: readonly Token[]): boolean {
    const beginning = createHash("sha256").update(tokens.join()).digest("base64");
    const seen = this.seen.delete(beginning);
    this.seen.add(beginning);
    if (this.seen.size > REMEMBERED_PREFIXES) this.seen.delete(this.seen.values().next().value!);
    return seen;
  }

  /**
   * Whether a state can be restored. This is the slow part of `restore`, during which other requests can run. Throws
   * the signal's reason.
   */
  async verify(state: CachedState, signal?: AbortSignal): Promise<boolean> {
    if (await this.options.store.verify(state, signal)) return true;
    await this.drop(state);
    return false;
  }

  /**
   * Loads a state into a sequence, which must be fresh: checkpoints of an older state would be taken for this one's.
   * Returns whether the state could be read. An unreadable state is dropped, and the prompt is read again.
   */
  async restore(state: CachedState, fresh: LlamaContextSequence): Promise<boolean> {
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
    state.returned = true;
    this.states = [...this.states.filter((s) => s !== state), state];
    await this.options.store.touch(state);
    return true;
  }

  /** Removes the states of a conversation, also those that are being saved now. */
  async forget(conversation: string): Promise<void> {
    for (const write of this.writing) if (write.conversation === conversation) write.forgotten = true;
    const states = this.states.filter((state) => state.conversation === conversation);
    await Promise.all(states.map((state) => this.drop(state)));
  }

  /** Resolves when all states are safely on disk, or have failed. */
  async flushed(): Promise<void> {
    await this.options.store.flushed();
    await Promise.all(this.replacing);
  }

  private async write(
    sequence: LlamaContextSequence,
    meta: StateMeta,
    checkpoints?: SavedCheckpoints,
    returned = false,
  ): Promise<CachedState | undefined> {
    const writing = { conversation: meta.conversation, forgotten: false };
    this.writing.add(writing);
    const saved = await this.options.store.save(meta, async (file) => (await sequence.saveStateToFile(file)).fileSize);
    this.writing.delete(writing);
    if (!saved) {
      checkpoints?.free();
      return undefined;
    }
    const state: CachedState = { ...saved, checkpoints, returned };
    this.states.push(state);
    if (writing.forgotten) await this.drop(state);
    else void state.entry.then((entry) => entry ?? this.unlist(state));
    this.capCheckpoints();
    return state;
  }

  private async drop(state: CachedState): Promise<void> {
    this.unlist(state);
    await this.options.store.remove(state);
  }

  private unlist(state: CachedState): void {
    if (!this.states.includes(state)) return;
    this.states = this.states.filter((s) => s !== state);
    state.checkpoints?.free();
    state.checkpoints = undefined;
  }

  /**
   * Each conversation keeps its last checkpoint as long as possible, to write its last reply again. Conversations that
   * nobody has returned to lose theirs first, then the least recently used ones.
   */
  private capCheckpoints(): void {
    const sum = () => this.states.reduce((total, s) => total + (s.checkpoints?.bytes ?? 0), 0);
    const order = this.states.toSorted((a, b) => Number(a.returned ?? false) - Number(b.returned ?? false));
    for (const kept of [1, 0])
      for (const { checkpoints } of order)
        while (checkpoints && checkpoints.lengths.length > kept && sum() > this.options.checkpointBytes)
          checkpoints.drop(leastUseful(checkpoints.lengths));
  }
}

/**
 * A conversation has one end, so its earlier states are not needed. A conversation without an id is recognised by its
 * beginning.
 */
function isOlder(state: CachedState, { owner, conversation, tokens }: Omit<StateMeta, "kind">): boolean {
  if (state.kind !== "conversation" || state.owner !== owner || state.conversation !== conversation) return false;
  return conversation !== undefined || commonPrefix(state.tokens, tokens) === state.tokens.length;
}
