/**
 * The one place that touches what node-llama-cpp does not promise to keep (hence its exact version in package.json).
 * A state file holds no checkpoints, so a conversation that comes back from disk could be continued but not edited or
 * regenerated without reading it all again. The recurrent states that checkpoints hold do not depend on the sequence
 * they were taken from, and the attention cells that they need come back with the file.
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
 * How many leading tokens each checkpoint of a sequence holds. The library's own getRestoreToPrefixIndexEvaluationSize
 * finds none when the newest one lies behind the index that is asked for.
 */
export const checkpointLengths = (sequence: LlamaContextSequence): number[] => lengthsOf(checkpointsOf(sequence));

const lengthsOf = ({ _checkpoints }: Checkpoints) => _checkpoints.map(([, { maxPos }]) => maxPos + 1);

/** Checkpoints that outlive their sequence. `lengths`: how many leading tokens each of them holds. */
export type KeptCheckpoints = {
  bytes: number;
  lengths: number[];
  restoreTo(sequence: LlamaContextSequence): void;
  free(): void;
};

export function keepCheckpoints(sequence: LlamaContextSequence): KeptCheckpoints {
  const live = checkpointsOf(sequence);
  const kept = new (live.constructor as new () => Checkpoints)();
  kept.cloneCheckpointsStateFrom(live);
  return {
    bytes: kept.memoryUsage,
    lengths: lengthsOf(kept),
    restoreTo: (target) => checkpointsOf(target).cloneCheckpointsStateFrom(kept),
    free: () => kept.clearAllCheckpoints(),
  };
}
