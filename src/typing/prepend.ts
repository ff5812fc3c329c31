/**
 * Puts a text before what is being typed into an input. The input is in another process: what is set there replaces what
 * has been typed meanwhile, which is seen only later. A mark that nobody types or sees tells apart what was typed before
 * the text came there, and what was typed behind it. Pure: no editor in here.
 */

/** Has no width, and `trim` takes it away. */
const MARK = "\ufeff";

export class Prepend {
  private readonly set: (value: string) => void;
  /** What the input holds, as far as is known, without the mark. */
  private shown: string;
  /** What it is to hold. */
  private wanted: string;
  private marked = false;
  private waiting = false;
  private sent = "";

  /** @param set puts a value into the input. */
  constructor(shown: string, set: (value: string) => void) {
    this.set = set;
    this.shown = shown;
    this.wanted = shown;
  }

  /** What is written there as the user means it. */
  get text(): string {
    return this.wanted;
  }

  add(text: string): void {
    this.wanted = text + this.wanted;
    this.send();
  }

  /** The input says that it holds this, in the order in which it came about. */
  changed(value: string): void {
    const isMarked = value.startsWith(MARK);
    const bare = isMarked ? value.slice(MARK.length) : value;
    if (this.waiting && isMarked === this.marked) {
      // What was set has come there.
      this.waiting = false;
      this.shown = this.sent;
    }
    this.wanted = edited(this.shown, bare, this.wanted);
    this.shown = bare;
    if (!this.waiting) this.send();
  }

  private send(): void {
    if (this.waiting || (this.wanted === this.shown && !this.marked)) return;
    this.waiting = true;
    this.marked = !this.marked;
    this.sent = this.wanted;
    this.set((this.marked ? MARK : "") + this.wanted);
  }
}

/** The same change that led from one text to another, at the end of a third. */
function edited(before: string, after: string, text: string): string {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return text.slice(0, Math.max(0, text.length - (before.length - same))) + after.slice(same);
}
