/** Of a text that comes again from its beginning, what is shown already. */
export class Shown {
  private left: number;

  /** @param length of what is shown, in UTF-16 units as texts are counted here. */
  constructor(length: number) {
    this.left = length;
  }

  /** What of the next piece is new; undefined where it says nothing that is not shown. */
  unseen(piece: string): string | undefined {
    const { left } = this;
    if (left === 0) return piece;
    this.left = Math.max(0, left - piece.length);
    return piece.length > left ? piece.slice(left) : undefined;
  }
}
