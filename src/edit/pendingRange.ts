/** Follows the range of a running edit while the user types elsewhere. */
import { type Change, overlaps } from "../editor/hunks.ts";
import { shiftRange } from "./shiftRange.ts";

export class PendingRange {
  private readonly begun: number;
  private broken = false;
  start: number;
  end: number;

  /** Offsets in the text that the model was shown. */
  constructor(start: number, end: number) {
    this.begun = start;
    this.start = start;
    this.end = end;
  }

  /** Moves the range along with a change of the text. */
  follow(change: Change): void {
    if (overlaps(change, this)) this.broken = true;
    const { start, end } = shiftRange({ start: this.start, end: this.end }, [change]);
    Object.assign(this, { start, end });
  }

  /**
   * Converts changes of the text that the model was shown into changes of the present text. Undefined if the range
   * itself was changed: then they no longer fit.
   */
  rebase(changes: readonly Change[]): Change[] | undefined {
    if (this.broken) return undefined;
    return changes.map((change) => ({ ...change, offset: change.offset + this.start - this.begun }));
  }
}
