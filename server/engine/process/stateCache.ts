/**
 * Holds conversations that have no slot now: states on disk, and states and checkpoints in memory, all with a limit.
 */
import { createHash } from "node:crypto";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { StateMeta } from "../states/entry.ts";
import { type MemoryFile, writeToMemory } from "../states/memoryFile.ts";
import { originOf } from "../states/origin.ts";
import type { SavedState, StateStore } from "../states/store.ts";
import { leastUseful } from "./checkpoints.ts";
import { copyCheckpoints, type SavedCheckpoints } from "./internals.ts";
import { commonPrefix, type EncodedPrompt } from "./tokens.ts";

/** How many beginnings of prompts to remember. */
const REMEMBERED_PREFIXES = 64;
/** How many conversations that may never come back to hold in memory. */
const MAX_IN_MEMORY = 4;

export type StateCacheOptions = {
  store: StateStore;
  /** Limit for what all cached states take in memory, bytes: checkpoints, and states that are not on disk. */
  memoryBytes: number;
  /** Approximate size of a state with this many tokens, bytes. */
  estimate: (tokens: number) => number;
  /** Whether a state can be rewound to any token, without checkpoints. */
  rewindable: boolean;
};

/** `returned`: whether its conversation has come back. `inMemory`: its file, if it is not on disk. */
export type CachedState = SavedState & { checkpoints?: SavedCheckpoints; returned?: boolean; inMemory?: MemoryFile };
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
   * @param lasting whether it comes back in another process, which has only what is on disk.
   */
  reusable(conversation: StateQuery, lasting: boolean): number {
    const states = lasting ? this.states.filter(({ inMemory }) => !inMemory) : this.states;
    return Math.max(0, ...states.map((s) => this.reuse(s, conversation, lasting ? [] : s.checkpoints?.lengths)));
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

  /**
   * Saves the conversation that the sequence holds. Its older states are dropped.
   * @param wanted a state that is about to be restored. It stays, with what it has in memory.
   */
  async save(sequence: LlamaContextSequence, meta: Omit<StateMeta, "kind">, wanted?: CachedState): Promise<void> {
    const older = this.states.filter((state) => state !== wanted && isOlder(state, meta));
    const checkpoints = copyCheckpoints(sequence);
    // The file itself restores the end.
    const end = checkpoints.lengths.indexOf(meta.tokens.length);
    if (end >= 0) checkpoints.drop(end);
    // A conversation that is saved a second time has been continued, so it counts as returned.
    const returned = older.length > 0;
    const state = await this.write(sequence, { kind: "conversation", ...meta }, { checkpoints, returned, wanted });
    if (!state) return;
    const replaced = state.entry.then(async (entry) => {
      if (entry) for (const old of older) await this.drop(old);
    });
    this.replacing.add(replaced);
    void replaced.finally(() => this.replacing.delete(replaced));
  }

  /**
   * Keeps the conversation that the sequence holds in memory, where the system has files there and there is room.
   * Without checkpoints: it can be continued, and an edit of it is read again.
   */
  async keepInMemory(
    sequence: LlamaContextSequence,
    meta: Omit<StateMeta, "kind">,
    wanted?: CachedState,
  ): Promise<void> {
    const need = this.options.estimate(meta.tokens.length);
    if (need > this.options.memoryBytes) return;
    const inMemory = await writeToMemory(need, async (file) => (await sequence.saveStateToFile(file)).fileSize);
    if (!inMemory) return;
    this.states.push({ kind: "conversation", ...meta, entry: Promise.resolve(undefined), inMemory });
    this.capMemory(wanted);
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
    if (state.inMemory || (await this.options.store.verify(state, signal))) return true;
    await this.drop(state);
    return false;
  }

  /**
   * Loads a state into a sequence, which must be fresh: checkpoints of an older state would be taken for this one's.
   * Returns whether the state could be read. An unreadable state is dropped, and the prompt is read again.
   */
  async restore(state: CachedState, fresh: LlamaContextSequence): Promise<boolean> {
    const { inMemory } = state;
    if (inMemory && !this.states.includes(state)) return false;
    // The slot will have it. Nobody else may free its file while it is being loaded.
    if (inMemory) this.states = this.states.filter((s) => s !== state);
    const file = inMemory?.path ?? (await this.options.store.verify(state));
    try {
      if (!file) throw new Error("It is not whole.");
      await fresh.loadStateFromFile(file, { acceptRisk: true });
      const held = fresh.contextTokens;
      if (held.length !== state.tokens.length || commonPrefix(held, state.tokens) < held.length)
        throw new Error("It holds something else than its index says.");
    } catch {
      await this.drop(state);
      return false;
    } finally {
      inMemory?.free();
    }
    if (inMemory) return true;
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
    {
      checkpoints,
      returned = false,
      wanted,
    }: Pick<CachedState, "checkpoints" | "returned"> & { wanted?: CachedState } = {},
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
    this.capMemory(wanted);
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
    state.inMemory?.free();
  }

  /**
   * Drops states that are only in memory first. Then each conversation keeps its last checkpoint as long as possible, to
   * write its last reply again. Conversations that nobody has returned to lose theirs first, then the least recently used
   * ones.
   */
  private capMemory(wanted?: CachedState): void {
    const bytes = () => this.states.reduce((sum, s) => sum + (s.checkpoints?.bytes ?? 0) + (s.inMemory?.bytes ?? 0), 0);
    const others = this.states.filter((state) => state !== wanted);
    const inMemory = others.filter((state) => state.inMemory);
    while (inMemory.length > MAX_IN_MEMORY || (inMemory.length > 0 && bytes() > this.options.memoryBytes))
      this.unlist(inMemory.shift()!);
    const order = others.toSorted((a, b) => Number(a.returned ?? false) - Number(b.returned ?? false));
    for (const kept of [1, 0])
      for (const { checkpoints } of order)
        while (checkpoints && checkpoints.lengths.length > kept && bytes() > this.options.memoryBytes)
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
