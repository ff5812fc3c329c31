/** Measures growth: the slope of the line that fits the samples best. */

/** `requests`: answered until then. `value`: in any unit. */
export type Sample = { requests: number; value: number };

/** A program first fills its caches, which is not growth: this share of the requests does not count. */
const WARM_UP = 0.6;

/** By least squares, for each 1,000 requests. NaN with too few samples. */
export function growth(samples: readonly Sample[], warmUp = WARM_UP): number {
  const all = samples.at(-1)?.requests ?? 0;
  const counted = samples.filter(({ requests }) => requests >= all * warmUp);
  const mean = (of: (sample: Sample) => number) =>
    counted.reduce((sum, sample) => sum + of(sample), 0) / counted.length;
  const [x, y] = [mean(({ requests }) => requests), mean(({ value }) => value)];
  const spread = counted.reduce((sum, { requests }) => sum + (requests - x) ** 2, 0);
  const together = counted.reduce((sum, { requests, value }) => sum + (requests - x) * (value - y), 0);
  return (together / spread) * 1000;
}
