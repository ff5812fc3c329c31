/**
 * Tells a task whether a newer task has overtaken it. Drafts of a text begin in the order in which they were typed, but
 * encoding one draft may take longer than encoding the next.
 */
export class NewestWins {
  private begun = 0;
  private newest = 0;

  /** Returns a check to call where order counts. The check returns false if a newer task was there first. */
  begin(): () => boolean {
    const own = ++this.begun;
    return () => {
      if (own < this.newest) return false;
      this.newest = own;
      return true;
    };
  }
}
