/** Decides when to restart a process that died. */

/** The pause after the first death, ms. It doubles with each death in a row. */
const FIRST_PAUSE_MS = 500;
/** After this many deaths in a row, there is no automatic restart. */
const TOO_MANY_DEATHS = 5;
/** A death within this time after the last one counts as in a row, ms. */
const SOON_MS = 60_000;

/** Counts the deaths of one process. */
export class BackOff {
  /** The number of deaths in a row. */
  deaths = 0;
  private lastDeath = Number.NEGATIVE_INFINITY;

  /**
   * Records a death. Returns the pause before the next start, ms, or undefined to give up.
   * @param now time of the death, ms of any clock.
   */
  died(now = Date.now()): number | undefined {
    this.deaths = now - this.lastDeath < SOON_MS ? this.deaths + 1 : 1;
    this.lastDeath = now;
    return this.deaths < TOO_MANY_DEATHS ? pauseAfter(this.deaths, FIRST_PAUSE_MS) : undefined;
  }

  /** Forgets earlier deaths, when the user asks for a start or something has changed. */
  reset(): void {
    this.deaths = 0;
  }
}

/** The pause after a number of failures in a row, ms. It doubles with each failure. */
export const pauseAfter = (failures: number, firstMs: number): number => firstMs * 2 ** (failures - 1);
