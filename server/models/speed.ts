/** Measures the speed of a transfer over its last seconds. Pure. */

/** How far back bytes count, ms. */
const WINDOW_MS = 5000;
/** A shorter time gives no useful speed, ms. */
const SHORTEST_MS = 500;

export class Speed {
  private samples: { at: number; bytes: number }[] = [];

  /** @param now ms of any clock. @param bytes total so far. */
  add(now: number, bytes: number): void {
    const last = this.samples.at(-1);
    // The transfer has started over.
    if (last && bytes < last.bytes) this.samples = [];
    this.samples.push({ at: now, bytes });
    this.samples = this.samples.filter(({ at }) => now - at <= WINDOW_MS);
  }

  /** Bytes a second; undefined while unknown. */
  get rate(): number | undefined {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < SHORTEST_MS) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}
