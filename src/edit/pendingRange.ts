/** The place of an edit that is being written, while the user goes on typing elsewhere. */
import { type Change, reaches } from "./hunks.ts";

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

  /** Somebody has changed the text. */
  follow(change: Change): void {
    const { offset, length, text } = change;
    if (reaches(change, this)) this.broken = true;
    const shift = text.length - length;
    if (offset + length <= this.start && !(length === 0 && this.start === this.end && offset === this.start)) {
      this.start += shift;
      this.end += shift;
    } else if (offset < this.end) this.end = Math.max(this.start, this.end + shift);
  }

  /**
   * Changes to the text that the model was shown, as changes to the text as it stands. Undefined when somebody has
   * changed the place itself: they would no longer fit.
   */
  rebase(changes: readonly Change[]): Change[] | undefined {
    if (this.broken) return undefined;
    return changes.map((change) => ({ ...change, offset: change.offset + this.start - this.begun }));
  }
}
