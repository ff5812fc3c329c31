/** How soon the engine is started again after it has died, and when no more. */

/** First pause, ms; it doubles with each death that follows soon. */
const FIRST_PAUSE_MS = 500;
/** So many deaths, each within a minute of the one before, and it is not tried again by itself. */
const TOO_MANY_DEATHS = 5;
const SOON_MS = 60_000;

export class Restarts {
  /** In a row. */
  deaths = 0;
  private lastDeath = 0;

  /** The pause before the next start, ms, or undefined where there shall be none. */
  died(now = Date.now()): number | undefined {
    this.deaths = now - this.lastDeath < SOON_MS ? this.deaths + 1 : 1;
    this.lastDeath = now;
    return this.deaths >= TOO_MANY_DEATHS ? undefined : FIRST_PAUSE_MS * 2 ** (this.deaths - 1);
  }

  /** Something is different now. */
  reset(): void {
    this.deaths = 0;
    this.lastDeath = 0;
  }
}

/**
 * Does something after a pause, ms. Whoever waits for it gets what it gives, nobody has to; `cancel` rejects for them, and
 * is too late once it has begun.
 */
export function later<T>(ms: number, work: () => Promise<T>): { done: Promise<T>; cancel: (reason: Error) => void } {
  let cancel: (reason: Error) => void = () => {};
  const done = new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      cancel = () => {};
      work().then(resolve, reject);
    }, ms);
    cancel = (reason) => {
      clearTimeout(timer);
      reject(reason);
    };
  });
  done.catch(() => {});
  return { done, cancel: (reason) => cancel(reason) };
}
