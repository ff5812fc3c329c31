/**
 * Puts a text before what is being typed into an input. The input is in another process: a value that is set replaces
 * what was typed meanwhile, which is seen here only later. An invisible mark tells whether a reported value was typed
 * before or after the set value arrived. Pure: no VS Code API.
 */

/** Has no width, and `trim` removes it. */
const MARK = "\ufeff";

export class Prepend {
  private readonly set: (value: string) => void;
  /** What the input holds, as far as is known, without the mark. */
  private shown: string;
  /** What the input should hold. */
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

  /** The input's text as the user means it. */
  get text(): string {
    return this.wanted;
  }

  add(text: string): void {
    this.wanted = text + this.wanted;
    this.send();
  }

  /** Called with each value that the input reports, in order. */
  changed(value: string): void {
    const isMarked = value.startsWith(MARK);
    const bare = isMarked ? value.slice(MARK.length) : value;
    if (this.waiting && isMarked === this.marked) {
      // The value that was set has arrived.
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

/** Makes the change that led from `before` to `after` at the end of `text`. */
function edited(before: string, after: string, text: string): string {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return text.slice(0, Math.max(0, text.length - (before.length - same))) + after.slice(same);
}
