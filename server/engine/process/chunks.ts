/** How many prompt tokens to read in one go. */

/**
 * On the CPU, batches below 64 tokens give the very numbers that reading token by token gives (measured; from 64 on
 * other kernels round differently). With chunks no larger than that, a follow-up that reuses a state equals a fresh reading
 * to the last bit. Tests set this limit; users get the speed of larger chunks.
 */
export const EXACT_CPU_TOKENS = 63;
const SMALLEST = 8;
/** A long prompt tries the sizes up to this one first: 248 tokens in all. Larger ones are tried while they promise more. */
const TRIED_FIRST = 128;
/** A cancel waits for one chunk. Where the device is fast enough, it waits no longer than this, ms. */
const CANCEL_MS = 150;
/** What is aimed at, because speed varies, ms. */
const SHORT_MS = 110;
/** No chunk takes longer, ms: a slow machine gets its throughput, but somebody may wait to cancel it. */
const LONGEST_MS = 15_000;
/** A size is good enough when it reads at this share of the best speed. */
const GOOD = 0.93;
/** The same, where a better size would make a cancel wait. */
const GOOD_AND_SHORT = 0.9;
/** A larger size is tried while doubling has gained at least this much. */
const GAIN = 1.03;
/** The time of a size is the mean of its latest measurements. */
const MEASUREMENTS = 16;
/** What all measurements together foretell of a size counts like this many of its own. */
const FORETOLD_WEIGHT = 4;
/** After this many chunks a neighbouring size is measured again, in case its measurement was bad luck. */
const CHUNKS_BETWEEN_TRIALS = 16;

/** What is known is kept this often, in chunks: the speed of a machine hardly changes. */
const CHUNKS_BETWEEN_KEEPING = 512;

/** What was measured: ms a token, by tokens of a chunk. */
export type ReadingTimes = Record<number, number>;

/**
 * Chooses chunk sizes by what has been measured. Where most of a chunk's time is fixed, as where the weights are streamed
 * from memory once a chunk, small chunks read at a fraction of the speed. The choice is the smallest size that reads at about the best
 * speed, or a larger one that is still short enough for a cancel not to be felt.
 */
export class ChunkSizer {
  private readonly sizes: number[];
  private readonly times = new Map<number, number[]>();
  private readonly keep: (times: ReadingTimes) => void;
  /** Since the last trial. */
  private chunks = 0;
  private unkept = 0;
  private trials = 0;
  /** Of the present measurements. */
  private line: Line | undefined;

  /**
   * @param largest tokens of a chunk at most.
   * @param known what an earlier process has measured with the same model, backend and machine.
   * @param keep called when there is something new to know.
   */
  constructor(largest: number, known: ReadingTimes = {}, keep: (times: ReadingTimes) => void = () => {}) {
    this.keep = keep;
    this.sizes = [];
    for (let size = SMALLEST; size < largest; size *= 2) this.sizes.push(size);
    this.sizes.push(largest);
    for (const size of this.sizes) if (known[size]! > 0) this.times.set(size, [known[size]!]);
  }

  /**
   * Tokens of the next chunk.
   * @param left tokens that are to be read.
   * @param short somebody more urgent is likely to come: only what takes no time worth speaking of.
   */
  next(left: number, short = false): number {
    const size = short ? this.shortest : this.chosen();
    // No short rest: it would cost another chunk's fixed time.
    return left <= size * 1.5 && left <= this.sizes.at(-1)! ? left : size;
  }

  /** Records how long a chunk took, ms. */
  record(tokens: number, ms: number): void {
    const size = this.sizes.findLast((size) => size <= tokens);
    // Between two sizes it says little of either.
    if (size === undefined || tokens > size * 1.2) return;
    const times = this.times.get(size) ?? [];
    times.push(Math.max(ms, 0.1) / tokens);
    if (times.length > MEASUREMENTS) times.shift();
    this.times.set(size, times);
    this.line = undefined;
    this.chunks++;
    if (++this.unkept >= CHUNKS_BETWEEN_KEEPING || (times.length === 1 && this.untried() === undefined)) {
      this.unkept = 0;
      this.keep(Object.fromEntries([...this.times.keys()].map((size) => [size, this.time(size)])));
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

  /** The smallest size that reads at about the best speed, or the largest that is short. */
  private best(): number {
    const tried = this.sizes.filter(
      (size) => this.times.has(size) && (size === SMALLEST || this.ms(size) <= LONGEST_MS),
    );
    const least = Math.min(...tried.map((size) => this.time(size)));
    const good = tried.find((size) => this.time(size) * GOOD <= least) ?? SMALLEST;
    const short = tried.findLast((size) => this.ms(size) <= CANCEL_MS && this.time(size) * GOOD_AND_SHORT <= least);
    return Math.max(this.ms(good) > CANCEL_MS && short !== undefined ? short : good, this.shortest);
  }

  private get shortest(): number {
    return this.sizes.findLast((size) => this.times.has(size) && this.ms(size) <= SHORT_MS) ?? SMALLEST;
  }

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
   * Ms a token. A few measurements may be bad luck, so they count beside what all others foretell: a chunk costs a fixed time, and
   * some for each token.
   */
  private time(size: number): number {
    const times = this.times.get(size) ?? [];
    const sum = times.reduce((sum, time) => sum + time, 0);
    return (sum + FORETOLD_WEIGHT * this.foretold(size)) / (times.length + FORETOLD_WEIGHT);
  }

  /** Ms a token of that size, by the line with the least relative errors through the measurements. */
  private foretold(size: number): number {
    this.line ??= lineThrough([...this.times].flatMap(([size, times]) => times.map((time) => ({ size, time }))));
    return this.line.fixed / size + this.line.each;
  }
}

type Line = { fixed: number; each: number };

/** Least squares of `time = fixed / size + each`, in shares of each time; neither is negative. */
function lineThrough(points: readonly { size: number; time: number }[]): Line {
  let [ss, si, ii, s, i] = [0, 0, 0, 0, 0];
  for (const { size, time } of points) {
    // Both sides divided by the time.
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
