/** One document's proposed changes while they wait for the user's verdict. No editor in here. */
import { applyChanges, type Change, follow, type Hunk, rejection, withoutHunks } from "./hunks.ts";

/** So many states of the text are remembered, for undo and redo. */
const MOST_STATES = 64;

export class Review {
  /** The hunks of each state of the text that came about by a proposal or a verdict: undo and redo come back to them. */
  private readonly states = new Map<string, Hunk[]>();
  private next = 0;
  private present: Hunk[] = [];
  private text: string;

  /** @param text the document before anything was proposed. */
  constructor(text: string) {
    this.text = text;
    this.remember(text, []);
  }

  /** Those that wait, from the top of the document. */
  get hunks(): readonly Hunk[] {
    return this.present;
  }

  /** The document as it would be if all that waits were rejected. */
  get original(): string {
    return withoutHunks(this.text, this.present);
  }

  /** What the text will be with these changes; `changed` is to be called when it is. */
  propose(changes: readonly Change[]): void {
    const applied = applyChanges(this.text, changes);
    const added = applied.hunks.map((hunk) => ({ ...hunk, id: this.next++ }));
    this.remember(applied.text, [...followAll(this.present, changes), ...added]);
  }

  /** All where no id is given. The text stays as it is. */
  keep(id?: number): void {
    this.present = id === undefined ? [] : this.present.filter((hunk) => hunk.id !== id);
    this.remember(this.text, this.present);
  }

  /** The changes that bring back what was there before; `changed` is to be called when they are made. */
  reject(id?: number): Change[] {
    const changes = this.present.filter((hunk) => id === undefined || hunk.id === id).map(rejection);
    const left = this.present.filter((hunk) => id !== undefined && hunk.id !== id);
    this.remember(applyChanges(this.text, changes).text, followAll(left, changes));
    return changes;
  }

  /** The document has changed, by whomever. */
  changed(text: string, changes: readonly Change[]): void {
    this.text = text;
    this.present = this.states.get(text) ?? followAll(this.present, changes);
  }

  private remember(text: string, hunks: Hunk[]): void {
    this.states.delete(text);
    this.states.set(
      text,
      hunks.sort((a, b) => a.start - b.start),
    );
    const [oldest] = this.states.keys();
    if (this.states.size > MOST_STATES && oldest !== undefined) this.states.delete(oldest);
  }
}

/** Changes of one text, which do not overlap: from the end on, so that none moves another. */
function followAll(hunks: readonly Hunk[], changes: readonly Change[]): Hunk[] {
  return [...changes]
    .sort((a, b) => b.offset - a.offset)
    .reduce<Hunk[]>((followed, change) => follow(followed, change), [...hunks]);
}
