/**
 * The only place that uses internals of node-llama-cpp, hence the exact version in package.json. A state file holds no
 * checkpoints. Without them, a conversation loaded from disk could be continued, but an edit or a new answer would need
 * a full re-read. Checkpoints hold recurrent states, which do not depend on the sequence they were taken from. A state
 * file restores the attention cells that they need.
 */
import type { Llama, LlamaContextSequence, LlamaGrammarEvaluationState, Token } from "node-llama-cpp";

type Checkpoint = { maxPos: number };
type Checkpoints = {
  cloneCheckpointsStateFrom(other: Checkpoints): void;
  clearAllCheckpoints(): void;
  readonly memoryUsage: number;
  storeCheckpoint(entry: {
    name: string | undefined;
    checkpoint: Checkpoint;
    maxNamedCheckpoints: number;
    currentMaxPos: number;
  }): void;
  readonly _checkpoints: [name: string | undefined, checkpoint: Checkpoint][];
};
const checkpointsOf = (sequence: LlamaContextSequence) =>
  (sequence as unknown as { _checkpoints: Checkpoints })._checkpoints;

/**
 * The number of leading tokens that each checkpoint of a sequence covers. The library's own
 * getRestoreToPrefixIndexEvaluationSize finds none when the newest checkpoint is past the requested index.
 */
export const checkpointLengths = (sequence: LlamaContextSequence): number[] => lengthsOf(checkpointsOf(sequence));

const lengthsOf = ({ _checkpoints }: Checkpoints) => _checkpoints.map(([, { maxPos }]) => maxPos + 1);

/** Frees one of a sequence's checkpoints. The library itself frees only the oldest ones. */
export const dropCheckpoint = (sequence: LlamaContextSequence, index: number): void =>
  dropFrom(checkpointsOf(sequence), index);

function dropFrom(checkpoints: Checkpoints, index: number): void {
  const others = emptyLike(checkpoints);
  for (const [i, [name, checkpoint]] of checkpoints._checkpoints.entries())
    if (i !== index)
      others.storeCheckpoint({ name, checkpoint, maxNamedCheckpoints: Infinity, currentMaxPos: checkpoint.maxPos });
  checkpoints.cloneCheckpointsStateFrom(others);
  others.clearAllCheckpoints();
}

const emptyLike = (checkpoints: Checkpoints) => new (checkpoints.constructor as new () => Checkpoints)();

/** Checkpoints that outlive their sequence. `lengths`: how many leading tokens each one covers. */
export type SavedCheckpoints = {
  readonly bytes: number;
  readonly lengths: number[];
  /** Frees one of them. */
  drop(index: number): void;
  restoreTo(sequence: LlamaContextSequence): void;
  free(): void;
};

/** Copies a sequence's checkpoints. They take memory until `free` is called. */
export function copyCheckpoints(sequence: LlamaContextSequence): SavedCheckpoints {
  const live = checkpointsOf(sequence);
  const copy = emptyLike(live);
  copy.cloneCheckpointsStateFrom(live);
  return {
    get bytes() {
      return copy.memoryUsage;
    },
    get lengths() {
      return lengthsOf(copy);
    },
    drop: (index) => dropFrom(copy, index),
    restoreTo: (target) => checkpointsOf(target).cloneCheckpointsStateFrom(copy),
    free: () => copy.clearAllCheckpoints(),
  };
}

type GrammarBindings = {
  AddonSampler: {
    canBeNextTokenForGrammarEvaluationState(state: unknown, token: Token): boolean;
    acceptGrammarEvaluationStateToken(state: unknown, token: Token): void;
  };
};

/**
 * Advances a grammar by tokens that are evaluated without having been sampled, up to the first that does not fit.
 * Returns how many fit.
 */
export function acceptTokens(llama: Llama, grammar: LlamaGrammarEvaluationState, tokens: readonly Token[]): number {
  const { AddonSampler } = (llama as unknown as { _bindings: GrammarBindings })._bindings;
  const { _state } = grammar as unknown as { _state: unknown };
  let count = 0;
  for (const token of tokens) {
    if (!AddonSampler.canBeNextTokenForGrammarEvaluationState(_state, token)) break;
    AddonSampler.acceptGrammarEvaluationStateToken(_state, token);
    count++;
  }
  return count;
}
