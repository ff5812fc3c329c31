/**
 * The only place that uses internals of node-llama-cpp, hence the exact version in package.json. A state file holds no
 * checkpoints. Without them, a conversation loaded from disk could be continued, but an edit or a new answer would need
 * a full re-read. Checkpoints hold recurrent states, which do not depend on the sequence they were taken from. A state
 * file restores the attention cells that they need.
 */
import type { LlamaContextSequence } from "node-llama-cpp";

type Checkpoints = {
  cloneCheckpointsStateFrom(other: Checkpoints): void;
  clearAllCheckpoints(): void;
  readonly memoryUsage: number;
  readonly _checkpoints: [name: string | undefined, checkpoint: { maxPos: number }][];
};
const checkpointsOf = (sequence: LlamaContextSequence) =>
  (sequence as unknown as { _checkpoints: Checkpoints })._checkpoints;

/**
 * The number of leading tokens that each checkpoint of a sequence covers. The library's own
 * getRestoreToPrefixIndexEvaluationSize finds none when the newest checkpoint is past the requested index.
 */
export const checkpointLengths = (sequence: LlamaContextSequence): number[] => lengthsOf(checkpointsOf(sequence));

const lengthsOf = ({ _checkpoints }: Checkpoints) => _checkpoints.map(([, { maxPos }]) => maxPos + 1);

/** Checkpoints that outlive their sequence. `lengths`: how many leading tokens each one covers. */
export type SavedCheckpoints = {
  bytes: number;
  lengths: number[];
  restoreTo(sequence: LlamaContextSequence): void;
  free(): void;
};

/** Copies a sequence's checkpoints. They take memory until `free` is called. */
export function copyCheckpoints(sequence: LlamaContextSequence): SavedCheckpoints {
  const live = checkpointsOf(sequence);
  const copy = new (live.constructor as new () => Checkpoints)();
  copy.cloneCheckpointsStateFrom(live);
  return {
    bytes: copy.memoryUsage,
    lengths: lengthsOf(copy),
    restoreTo: (target) => checkpointsOf(target).cloneCheckpointsStateFrom(copy),
    free: () => copy.clearAllCheckpoints(),
  };
}
