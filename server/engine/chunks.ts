/** How many prompt tokens to read in one go. */

/** llama.cpp's default batch: more tokens than this would be split by the library anyway. */
export const BATCH_TOKENS = 512;
/**
 * On the CPU, batches below 64 tokens give the very numbers that reading token by token gives (measured; from 64 on
 * other kernels round differently). With chunks no larger than that a follow-up that reused state equals a fresh
 * reading to the last bit, wherever their chunks began.
 */
export const EXACT_CPU_TOKENS = 63;
const SMALLEST = 8;
/** A cancel waits for one chunk at most. The aim lies below the 150 ms that are promised, since speed varies. */
const AIM_MS = 110;

/**
 * Chunk sizes from measured speed. It starts small and at most doubles, so that the first chunk of a large model on a
 * slow CPU does not take seconds.
 */
export class ChunkSizer {
  private readonly largest: number;
  private size = SMALLEST;

  /** @param largest tokens of a chunk at most. */
  constructor(largest: number) {
    this.largest = largest;
  }

  /** Tokens of the next chunk. */
  get next(): number {
    return this.size;
  }

  /** Tells how long a chunk took. Chunks much smaller than asked for say little about speed and are not counted. */
  measured(tokens: number, ms: number): void {
    if (tokens < this.size / 2) return;
    const fitting = (tokens / Math.max(ms, 0.1)) * AIM_MS;
    this.size = Math.round(Math.min(this.largest, this.size * 2, Math.max(SMALLEST, fitting)));
  }
}
