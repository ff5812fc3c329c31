/** Decides which checkpoints a conversation keeps when it cannot keep all. Pure. */

/**
 * Which of a conversation's checkpoints to drop before another one is taken behind them: the one whose loss makes a
 * return cost the least. A request that goes back to it then reads from the checkpoint before it. The newest one stays:
 * the next request is likely to need it.
 * @param lengths how many leading tokens each checkpoint covers, ascending; at least one.
 */
export function leastUseful(lengths: readonly number[]): number {
  const costs = lengths.map((length, i) => length - (lengths[i - 1] ?? 0)).slice(0, Math.max(1, lengths.length - 1));
  return costs.indexOf(Math.min(...costs));
}
