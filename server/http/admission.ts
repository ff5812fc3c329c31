/** Whose turn it is. The model answers one after the other; so many may wait, and then it is told instead of endured. */
import { ApiError } from "./errors.ts";

/** Said to those who are sent away, seconds. */
const RETRY_AFTER_S = 5;

export class Admission {
  private readonly running: number;
  private readonly waiting: number;
  private taken = 0;
  private queue: (() => void)[] = [];

  /** @param waiting how many may wait beside those that run. */
  constructor(running: number, waiting: number) {
    this.running = running;
    this.waiting = waiting;
  }

  /** Waits for a turn; call what it returns to end it, once or more. Throws ApiError 429, or the signal's reason. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.taken < this.running) this.taken++;
    else await this.wait(signal);
    let left = false;
    return () => {
      if (!left) this.leave();
      left = true;
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.queue.length >= this.waiting)
      throw new ApiError(429, `The model is busy, and ${this.queue.length} requests wait already. Try again later.`, {
        code: "rate_limit_exceeded",
        retryAfterS: RETRY_AFTER_S,
      });
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
