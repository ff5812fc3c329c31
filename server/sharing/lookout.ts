/** Time, so that tests need not wait for it. */
export type Clock = {
  /** ms, from any beginning. */
  now: () => number;
  /** Returns what takes it back. Does not keep the process alive. */
  after: (ms: number, callback: () => void) => () => void;
};

export const CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Looks at something again and again while that is wanted, the first time after one interval; never twice at once. */
export class Lookout {
  private readonly clock: Clock;
  private readonly everyMs: number;
  private readonly look: () => Promise<void>;
  private cancel: (() => void) | undefined;

  constructor(clock: Clock, everyMs: number, look: () => Promise<void>) {
    this.clock = clock;
    this.everyMs = everyMs;
    this.look = look;
  }

  want(wanted: boolean): void {
    if (wanted === (this.cancel !== undefined)) return;
    if (wanted) this.wait();
    else {
      this.cancel?.();
      this.cancel = undefined;
    }
  }

  private wait(): void {
    const cancel = this.clock.after(this.everyMs, async () => {
      await this.look().catch(() => {});
      // Unless it is no longer wanted, or wanted anew.
      if (this.cancel === cancel) this.wait();
    });
    this.cancel = cancel;
  }
}
