/** When a process that died is started again. */

/** First pause, ms; it doubles with each death that follows soon. */
const FIRST_PAUSE_MS = 500;
/** At this many deaths, each within a minute of the one before, it is not tried again by itself. */
const TOO_MANY_DEATHS = 5;
const SOON_MS = 60_000;

export class BackOff {
  /** In a row. */
  deaths = 0;
  private lastDeath = Number.NEGATIVE_INFINITY;

  /**
   * It died at `now`, ms of any clock.
   * @returns the pause before the next start, ms, or undefined to give up.
   */
  died(now = Date.now()): number | undefined {
    this.deaths = now - this.lastDeath < SOON_MS ? this.deaths + 1 : 1;
    this.lastDeath = now;
    return this.deaths < TOO_MANY_DEATHS ? pauseAfter(this.deaths, FIRST_PAUSE_MS) : undefined;
  }

  /** The user asked for a start, or something has changed: what was before does not count. */
  reset(): void {
    this.deaths = 0;
  }
}

/** The pause after a number of failures in a row, ms. It doubles with each failure. */
export const pauseAfter = (failures: number, firstMs: number): number => firstMs * 2 ** (failures - 1);
