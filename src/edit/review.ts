/** One document's proposed changes until the user keeps or undoes them. No editor in here. */
import type { Budget } from "../../media/messages.ts";
import type { InstructionId } from "../../server/protocol.ts";
import {
  applyChanges,
  type Change,
  growHunks,
  type Hunk,
  rejection,
  shiftHunks,
  withoutHunks,
} from "../editor/hunks.ts";
import { shiftRange, splitByLines } from "./shiftRange.ts";

export type Instruction = string | { id: InstructionId };

/** What was asked for, and how: it stays with its hunks, whatever is asked for later. */
export type ProposalOrigin = { instruction: Instruction; budget: Budget; thought: string };
/** `start`, `end`: where it was asked for, in the text as it stands. */
export type Proposal = ProposalOrigin & { id: number; start: number; end: number };
export type PendingHunk = Hunk & { proposal: number };

/** All that is needed to go on with it in another window. */
export type SavedReview = { text: string; hunks: readonly PendingHunk[]; proposals: readonly Proposal[] };

/** So many states of the text are remembered, for undo and redo. */
const MOST_STATES = 64;

export class Review {
  /** The hunks of each state of the text that came about by a proposal, Keep or Undo: undo and redo come back to them. */
  private readonly states = new Map<string, PendingHunk[]>();
  private next = 0;
  private present: PendingHunk[] = [];
  private proposals: Proposal[] = [];
  private current: string;

  /** @param text the document before anything was proposed. */
  constructor(text: string) {
    this.current = text;
    this.remember(text, []);
  }

  static restored({ text, hunks, proposals }: SavedReview): Review {
    const review = new Review(withoutHunks(text, hunks));
    review.current = text;
    review.proposals = proposals.map((proposal) => ({ ...proposal }));
    review.next = Math.max(0, ...[...hunks, ...proposals].map(({ id }) => id + 1));
    review.present = [...hunks];
    review.remember(text, review.present);
    return review;
  }

  saved(): SavedReview {
    const used = new Set(this.present.map(({ proposal }) => proposal));
    const proposals = this.proposals.filter(({ id }) => used.has(id));
    return { text: this.current, hunks: this.present, proposals };
  }

  get text(): string {
    return this.current;
  }

  /** Those that wait, from the top of the document. */
  get hunks(): readonly PendingHunk[] {
    return this.present;
  }

  proposal(id: number): Proposal | undefined {
    return this.proposals.find((proposal) => proposal.id === id);
  }

  /** The document as it would be if all that waits were rejected. */
  get original(): string {
    return withoutHunks(this.current, this.present);
  }

  /**
   * What the text will be with these changes; `changed` is to be called when it is.
   * @param place where they were asked for, in the text as it stands.
   */
  propose(changes: readonly Change[], asked: ProposalOrigin, place: { start: number; end: number }): void {
    const applied = applyChanges(this.current, changes);
    const proposal = this.next++;
    this.proposals.push({ ...asked, ...place, id: proposal });
    const added = applied.hunks.map((hunk) => ({ ...hunk, id: this.next++, proposal }));
    this.remember(applied.text, [...followAll(this.present, changes), ...added]);
  }

  /** All where none is chosen. The text stays as it is. */
  keep(isChosen: (hunk: PendingHunk) => boolean = () => true): void {
    this.present = this.present.filter((hunk) => !isChosen(hunk));
    this.remember(this.current, this.present);
  }

  /** The changes that bring back what was there before; `changed` is to be called when they are made. */
  reject(isChosen: (hunk: PendingHunk) => boolean = () => true): Change[] {
    const changes = this.present.filter(isChosen).map(rejection);
    const left = this.present.filter((hunk) => !isChosen(hunk));
    this.remember(applyChanges(this.current, changes).text, followAll(left, changes));
    return changes;
  }

  /**
   * The document has changed, by whomever.
   * @param isUsers whether the user has written it: what somebody writes into a hunk makes it theirs. What a formatter
   * or another program makes of it stays proposed.
   */
  changed(text: string, changes: readonly Change[], isUsers = true): void {
    const before = this.current;
    this.current = text;
    this.proposals = this.proposals.map((proposal) => shiftRange(proposal, changes));
    const known = this.states.get(text);
    this.present = known ?? (isUsers ? followAll(this.present, changes) : absorbAll(before, this.present, changes));
  }

  /** The document is there again, and may have been changed by others meanwhile. */
  reopened(text: string): void {
    if (text === this.original) this.keep();
    else if (text !== this.current)
      this.changed(text, splitByLines(this.current, [{ offset: 0, length: this.current.length, text }]), false);
    this.current = text;
  }

  private remember(text: string, hunks: PendingHunk[]): void {
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
function followAll(hunks: readonly PendingHunk[], changes: readonly Change[]): PendingHunk[] {
  return fromTheEnd(changes).reduce((followed, change) => shiftHunks(followed, change), [...hunks]);
}

function absorbAll(text: string, hunks: readonly PendingHunk[], changes: readonly Change[]): PendingHunk[] {
  const small = splitByLines(text, changes);
  return fromTheEnd(small).reduce((absorbed, change) => growHunks(text, absorbed, change), [...hunks]);
}

const fromTheEnd = (changes: readonly Change[]) => [...changes].sort((a, b) => b.offset - a.offset);
