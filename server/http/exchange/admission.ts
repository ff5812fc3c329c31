/** Requests run one at a time; when the queue is full the client gets 429. */
import { ApiError } from "./errors.ts";

/** Retry-After for refused requests, seconds. */
const RETRY_AFTER_S = 5;

export class Admission {
  private readonly running: number;
  private readonly waiting: number;
  private taken = 0;
  private queue: (() => void)[] = [];

  /**
   * @param running how many requests may run.
   * @param waiting how many more may wait.
   */
  constructor(running: number, waiting: number) {
    this.running = running;
    this.waiting = waiting;
  }

  /** How many requests run, and how many wait. */
  get load(): { running: number; waiting: number } {
    return { running: this.taken, waiting: this.queue.length };
  }

  /**
   * Waits for a turn. The returned function ends the turn; further calls do nothing. Throws ApiError 429, or the
   * signal's reason.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.taken < this.running) this.taken++;
    else await this.wait(signal);
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.leave();
      hasLeft = true;
    };
  }

  /** Throws ApiError 429 if a request would be refused now, so that its body need not be read. */
  check(): void {
    if (this.taken >= this.running && this.queue.length >= this.waiting)
      throw new ApiError(429, `The model is busy, and ${this.queue.length} requests wait already. Try again later.`, {
        code: "rate_limit_exceeded",
        retryAfterS: RETRY_AFTER_S,
      });
  }

  private wait(signal: AbortSignal): Promise<void> {
    this.check();
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", gone);
        resolve();
      };
      const gone = () => {
        this.queue = this.queue.filter((waiting) => waiting !== go);
        reject(signal.reason);
      };
      signal.addEventListener("abort", gone, { once: true });
      this.queue.push(go);
    });
  }

  private leave(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.taken--;
  }
}
