/** Where conversations wait while another one has their place: states on disk, checkpoints in memory, both capped. */
import { rm } from "node:fs/promises";
import path from "node:path";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { type KeptCheckpoints, keepCheckpoints } from "./internals.ts";
import { commonPrefix } from "./tokens.ts";

/** `name`: of the context whose states these are. llama.cpp does not load a state into a context of another form. */
export type ParkingOptions = {
  directory: string;
  name: string;
  diskBytes: number;
  checkpointBytes: number;
  /** Whether a state can be rewound to any of its tokens, without checkpoints. */
  rewindable: boolean;
  onProblem: (message: string) => void;
};

export type ParkedState = {
  /** A prefix is what many conversations begin with. */
  kind: "conversation" | "prefix";
  tokens: Token[];
  file: string;
  bytes: number;
  checkpoints?: KeptCheckpoints;
};

export class Parking {
  private readonly options: ParkingOptions;
  /** Least recently used first. */
  private states: ParkedState[] = [];
  private files = 0;

  constructor(options: ParkingOptions) {
    this.options = options;
  }

  /** The state that saves the most reading, and how many tokens of the prompt it holds. */
  best(prompt: readonly Token[]): { state: ParkedState; reuse: number } | undefined {
    let best: { state: ParkedState; reuse: number } | undefined;
    for (const state of this.states) {
      const common = commonPrefix(state.tokens, prompt);
      // One that goes on differently is of use as far as it can be rewound.
      const rewinds = (state.checkpoints?.lengths ?? []).filter((length) => length <= common);
      const whole = common === state.tokens.length || this.options.rewindable;
      const reuse = whole ? common : Math.max(0, ...rewinds);
      if (reuse > (best?.reuse ?? 0)) best = { state, reuse };
    }
    return best;
  }

  holds(tokens: readonly Token[]): boolean {
    return this.states.some(
      (s) => s.tokens.length >= tokens.length && commonPrefix(s.tokens, tokens) === tokens.length,
    );
  }

  /** Saves the conversation that the sequence holds. */
  async park(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<void> {
    // An earlier state of the same conversation has nothing that this one lacks.
    const older = this.states.filter(
      (s) => s.kind === "conversation" && commonPrefix(s.tokens, tokens) === s.tokens.length,
    );
    if (
      await this.save(sequence, {
        kind: "conversation",
        tokens: tokens.slice(),
        checkpoints: keepCheckpoints(sequence),
      })
    )
      for (const state of older) await this.drop(state);
  }

  /** Saves a state that many conversations begin with (a system prompt): it is never rewound and needs no checkpoints. */
  async parkPrefix(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<void> {
    await this.save(sequence, { kind: "prefix", tokens: tokens.slice() });
  }

  /**
   * Loads a state into a sequence that has never held another: checkpoints of an old one would be taken for its own.
   * Returns whether it could be read; if not, it is dropped, and costs reading the prompt, nothing else.
   */
  async restore(state: ParkedState, fresh: LlamaContextSequence): Promise<boolean> {
    try {
      await fresh.loadStateFromFile(state.file, { acceptRisk: true });
    } catch (error) {
      this.tell("read", error);
      await this.drop(state);
      return false;
    }
    state.checkpoints?.restoreTo(fresh);
    this.states = [...this.states.filter((s) => s !== state), state];
    return true;
  }

  private async drop(state: ParkedState): Promise<void> {
    this.states = this.states.filter((s) => s !== state);
    state.checkpoints?.free();
    await rm(state.file, { force: true }).catch(() => {});
  }

  /** Not being able to save (a full disk) costs a later reading, never a reply: it is told, not thrown. */
  private async save(sequence: LlamaContextSequence, state: Omit<ParkedState, "file" | "bytes">): Promise<boolean> {
    const file = path.join(this.options.directory, `${this.options.name}-${++this.files}.bin`);
    try {
      const { fileSize } = await sequence.saveStateToFile(file);
      this.states.push({ ...state, file, bytes: fileSize });
      await this.shrink();
      return true;
    } catch (error) {
      state.checkpoints?.free();
      await rm(file, { force: true }).catch(() => {});
      this.tell("saved", error);
      return false;
    }
  }

  private async shrink(): Promise<void> {
    const sum = (of: (s: ParkedState) => number) => this.states.reduce((total, s) => total + of(s), 0);
    while (sum((s) => s.bytes) > this.options.diskBytes && this.states.length > 0) await this.drop(this.states[0]!);
    for (const state of this.states) {
      if (sum((s) => s.checkpoints?.bytes ?? 0) <= this.options.checkpointBytes) break;
      state.checkpoints?.free();
      state.checkpoints = undefined;
    }
  }

  private tell(what: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.options.onProblem(`The state of a conversation could not be ${what}: ${why}`);
  }
}
