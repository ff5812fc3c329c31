/** A clock that tests can replace, so that they need not wait. */
export type Clock = {
  /** Current time, ms since any point. */
  now: () => number;
  /** Calls back after this time. Returns a function that cancels the call. Does not keep the process alive. */
  after: (ms: number, callback: () => void) => () => void;
};

/** The real clock. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Calls a function periodically while it is active, first after one interval. Calls never overlap. */
export class Poller {
  private readonly clock: Clock;
  private readonly everyMs: number;
  private readonly look: () => Promise<void>;
  private cancel: (() => void) | undefined;

  constructor(clock: Clock, everyMs: number, look: () => Promise<void>) {
    this.clock = clock;
    this.everyMs = everyMs;
    this.look = look;
  }

  /** Starts or stops the calls. */
  setActive(active: boolean): void {
    if (active === (this.cancel !== undefined)) return;
    if (active) this.wait();
    else {
      this.cancel?.();
      this.cancel = undefined;
    }
  }

  private wait(): void {
    const cancel = this.clock.after(this.everyMs, async () => {
      await this.look().catch(() => {});
      // Continue unless the poller was stopped, or started again, during the call.
      if (this.cancel === cancel) this.wait();
    });
    this.cancel = cancel;
  }
}
