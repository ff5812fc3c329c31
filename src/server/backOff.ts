/** When a server that died is started again. Pure. */

/** First pause, ms; it doubles with each death that follows soon. */
const FIRST_PAUSE_MS = 500;
/** So many deaths, each within a minute of the one before, and it is not tried again by itself. */
const TOO_MANY_DEATHS = 5;
const SOON_MS = 60_000;

export class BackOff {
  private deaths = 0;
  private lastDeath = Number.NEGATIVE_INFINITY;

  /**
   * It died at `now`, ms of any clock.
   * @returns the pause before the next start, ms, or undefined to give up.
   */
  died(now: number): number | undefined {
    this.deaths = now - this.lastDeath < SOON_MS ? this.deaths + 1 : 1;
    this.lastDeath = now;
    return this.deaths < TOO_MANY_DEATHS ? FIRST_PAUSE_MS * 2 ** (this.deaths - 1) : undefined;
  }

  /** The user asked for a start: what was before does not count. */
  reset(): void {
    this.deaths = 0;
  }
}
