/** Chooses how many prompt tokens to read at a time. */

/**
 * On the CPU, batches below 64 tokens give exactly the numbers that reading token by token gives (measured; from 64 on,
 * other kernels round differently). With chunks up to this size, a follow-up that reuses a state equals a fresh reading
 * to the last bit. Tests set this limit; users get the speed of larger chunks.
 */
export const EXACT_CPU_TOKENS = 63;
/** The smallest size, tokens. Each further size is twice as large, up to the limit. */
const SMALLEST = 8;
/** A long prompt tries the sizes up to this one first, 248 tokens in all. Larger sizes are tried while they pay off. */
const TRIED_FIRST = 128;
/** A cancel waits for one chunk. If the device is fast enough, it waits at most this long, ms. */
const CANCEL_MS = 150;
/** The target for a short chunk, ms: below CANCEL_MS, because speed varies. */
const SHORT_MS = 110;
/** Maximum time of a chunk, ms. Slow machines need long chunks for their speed, but a user may wait to cancel one. */
const LONGEST_MS = 15_000;
/** A size is good enough when it reads at this share of the best speed. */
const GOOD = 0.93;
/** The same for a short size, if a better size would delay a cancel. */
const GOOD_AND_SHORT = 0.9;
/** A larger size is tried while the last doubling has made reading faster by at least this factor. */
const GAIN = 1.03;
/** How many of the latest measurements of a size count. */
const MEASUREMENTS = 16;
/** The time predicted from the measurements of all sizes counts like this many measurements of one size. */
const PREDICTION_WEIGHT = 4;
/** After this many chunks, a neighbouring size is measured again, in case its measurements were disturbed. */
const CHUNKS_BETWEEN_TRIALS = 16;

/** How often to save the measured times, in chunks: the speed of a machine hardly changes. */
const CHUNKS_BETWEEN_SAVES = 512;

/** Measured reading times, ms per token, by chunk size in tokens. */
export type ReadingTimes = Record<number, number>;

/**
 * Chooses chunk sizes by measured speed. Where most of a chunk's time is fixed, for example because each chunk streams
 * all weights from memory, small chunks read at a fraction of the speed. The choice is the smallest size that reads at
 * about the best speed, or a larger one that is still short enough for a cancel not to be felt.
 */
export class ChunkSizer {
  private readonly sizes: number[];
  private readonly times = new Map<number, number[]>();
  private readonly save: (times: ReadingTimes) => void;
  /** Chunks since the last trial. */
  private chunks = 0;
  /** Chunks since the last save. */
  private unsaved = 0;
  private trials = 0;
  /** The line through the present measurements; undefined until it is needed. */
  private line: Line | undefined;

  /**
   * @param largest maximum size of a chunk, tokens.
   * @param known times that an earlier process has measured with the same model, backend and machine.
   * @param save called with the times when they should be saved.
   */
  constructor(largest: number, known: ReadingTimes = {}, save: (times: ReadingTimes) => void = () => {}) {
    this.save = save;
    this.sizes = [];
    for (let size = SMALLEST; size < largest; size *= 2) this.sizes.push(size);
    this.sizes.push(largest);
    for (const size of this.sizes) if (known[size]! > 0) this.times.set(size, [known[size]!]);
  }

  /**
   * The size of the next chunk, tokens.
   * @param left tokens that remain to be read.
   * @param short whether the chunk must be short, because a more urgent request is likely to come.
   */
  next(left: number, short = false): number {
    const size = short ? this.largestShort : this.chosen();
    // A small remainder is included: a chunk of its own would cost the fixed time once more.
    return left <= size * 1.5 && left <= this.sizes.at(-1)! ? left : size;
  }

  /** Records how long a chunk took, ms. */
  record(tokens: number, ms: number): void {
    const size = this.sizes.findLast((size) => size <= tokens);
    // The time of a chunk between two sizes says little about either.
    if (size === undefined || tokens > size * 1.2) return;
    const times = this.times.get(size) ?? [];
    times.push(Math.max(ms, 0.1) / tokens);
    if (times.length > MEASUREMENTS) times.shift();
    this.times.set(size, times);
    this.line = undefined;
    this.chunks++;
    if (++this.unsaved >= CHUNKS_BETWEEN_SAVES || (times.length === 1 && this.untried() === undefined)) {
      this.unsaved = 0;
      this.save(Object.fromEntries([...this.times.keys()].map((size) => [size, this.time(size)])));
    }
  }

  private chosen(): number {
    const untried = this.untried();
    if (untried !== undefined) return untried;
    const best = this.best();
    if (this.chunks < CHUNKS_BETWEEN_TRIALS) return best;
    this.chunks = 0;
    const at = this.sizes.indexOf(best);
    const neighbours = [best, this.sizes[at + 1], this.sizes[at - 1]];
    const trial = neighbours[++this.trials % neighbours.length] ?? best;
    const limit = this.ms(best) <= CANCEL_MS ? CANCEL_MS : LONGEST_MS;
    return this.ms(trial) <= limit ? trial : best;
  }

  /** The smallest size that reads at about the best speed, or the largest short size if that is larger. */
  private best(): number {
    const tried = this.sizes.filter(
      (size) => this.times.has(size) && (size === SMALLEST || this.ms(size) <= LONGEST_MS),
    );
    const least = Math.min(...tried.map((size) => this.time(size)));
    const good = tried.find((size) => this.time(size) * GOOD <= least) ?? SMALLEST;
    const short = tried.findLast((size) => this.ms(size) <= CANCEL_MS && this.time(size) * GOOD_AND_SHORT <= least);
    return Math.max(this.ms(good) > CANCEL_MS && short !== undefined ? short : good, this.largestShort);
  }

  /** The largest size that is short. */
  private get largestShort(): number {
    return this.sizes.findLast((size) => this.times.has(size) && this.ms(size) <= SHORT_MS) ?? SMALLEST;
  }

  /** The next size to try; undefined if no further size is worth it. */
  private untried(): number | undefined {
    const size = this.sizes.find((size) => !this.times.has(size));
    if (size === undefined || size === SMALLEST) return size;
    if (this.ms(size) > LONGEST_MS) return undefined;
    if (size <= TRIED_FIRST) return size;
    const at = this.sizes.indexOf(size);
    const [before, last] = [this.sizes[at - 2]!, this.sizes[at - 1]!];
    const promises = this.time(before) / this.time(last) >= GAIN;
    return promises || this.time(last) * size <= SHORT_MS ? size : undefined;
  }

  private ms(size: number): number {
    return this.time(size) * size;
  }

  /**
   * Ms per token. A few measurements may be disturbed, so the prediction from the measurements of all sizes counts too.
   */
  private time(size: number): number {
    const times = this.times.get(size) ?? [];
    const sum = times.reduce((sum, time) => sum + time, 0);
    return (sum + PREDICTION_WEIGHT * this.predicted(size)) / (times.length + PREDICTION_WEIGHT);
  }

  /** Ms per token in a chunk of that size, from the line with the smallest relative errors through all measurements. */
  private predicted(size: number): number {
    this.line ??= fitLine([...this.times].flatMap(([size, times]) => times.map((time) => ({ size, time }))));
    return this.line.fixed / size + this.line.each;
  }
}

/** A chunk takes `fixed` ms, and `each` ms for each token. */
type Line = { fixed: number; each: number };

/** Fits `time = fixed / size + each` by least squares of the relative errors. Neither part is negative. */
function fitLine(points: readonly { size: number; time: number }[]): Line {
  let [ss, si, ii, s, i] = [0, 0, 0, 0, 0];
  for (const { size, time } of points) {
    // Both sides of the equation, divided by the time: this makes the errors relative.
    const [a, b] = [1 / (size * time), 1 / time];
    ss += a * a;
    si += a * b;
    ii += b * b;
    s += a;
    i += b;
  }
  const determinant = ss * ii - si * si;
  const fixed = determinant > 1e-12 * ss * ii ? (s * ii - i * si) / determinant : 0;
  const each = determinant > 1e-12 * ss * ii ? (i * ss - s * si) / determinant : i / ii;
  if (fixed < 0) return { fixed: 0, each: i / ii };
  return each < 0 ? { fixed: s / ss, each: 0 } : { fixed, each };
}
