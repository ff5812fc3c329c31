/**
 * Tells a task whether a newer one has passed it. Drafts of a text begin in the order in which they were typed, but encoding
 * one may take longer than encoding the next.
 */
export class NewestWins {
  private begun = 0;
  private passed = 0;

  /** Returns a check to call when the task reaches the point where order counts. It returns false if a newer task was there first. */
  begin(): () => boolean {
    const own = ++this.begun;
    return () => {
      if (own < this.passed) return false;
      this.passed = own;
      return true;
    };
  }
}
