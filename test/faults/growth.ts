/** How something grows with the requests: the slope of the straight line that fits the samples best. */

/** `requests`: answered until then. `value`: in whatever unit. */
export type Sample = { requests: number; value: number };

/** A program fills its caches first, and that is no growth: this share of the requests does not count. */
const WARM_UP = 0.6;

/** By least squares, for each 1,000 requests. NaN where there are too few samples. */
export function growth(samples: readonly Sample[]): number {
  const all = samples.at(-1)?.requests ?? 0;
  const counted = samples.filter(({ requests }) => requests >= all * WARM_UP);
  const mean = (of: (sample: Sample) => number) =>
    counted.reduce((sum, sample) => sum + of(sample), 0) / counted.length;
  const [x, y] = [mean(({ requests }) => requests), mean(({ value }) => value)];
  const spread = counted.reduce((sum, { requests }) => sum + (requests - x) ** 2, 0);
  const together = counted.reduce((sum, { requests, value }) => sum + (requests - x) * (value - y), 0);
  return (together / spread) * 1000;
}
