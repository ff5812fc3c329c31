/** One document's proposed changes until the user keeps or undoes them. No VS Code API. */
import type { Budget } from "../../media/messages.ts";
import type { InstructionId } from "../../server/protocol.ts";
import {
  applyChanges,
  type Change,
  growHunks,
  type Hunk,
  overlaps,
  rejection,
  shiftHunks,
  withoutHunks,
} from "../editor/hunks.ts";
import { shiftRange, splitByLines } from "./shiftRange.ts";

/** The user's words, or a predefined instruction. */
export type Instruction = string | { id: InstructionId };

/**
 * What was asked for, and how. It stays with the proposal's hunks, whatever is asked for later. `turn`: the agent's
 * turn that made it; hunks of one turn that overlap become one.
 */
export type ProposalOrigin = { instruction: Instruction; budget: Budget; thought: string; turn?: string };
/** `start`, `end`: the range that it was asked for, as offsets in the present text. */
export type Proposal = ProposalOrigin & { id: number; start: number; end: number };
/** `proposal`: the id of the proposal that it belongs to. */
export type PendingHunk = Hunk & { proposal: number };

/** What another window needs to continue the review. */
export type SavedReview = { text: string; hunks: readonly PendingHunk[]; proposals: readonly Proposal[] };

/** How many texts are remembered, for undo and redo. */
const MOST_STATES = 64;

export class Review {
  /** The hunks of each text that a proposal, Keep or Undo led to. The editor's undo and redo return to these texts. */
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

  /** The open hunks, from the top of the document. */
  get hunks(): readonly PendingHunk[] {
    return this.present;
  }

  proposal(id: number): Proposal | undefined {
    return this.proposals.find((proposal) => proposal.id === id);
  }

  /** The text with all open hunks undone. */
  get original(): string {
    return withoutHunks(this.current, this.present);
  }

  /**
   * Records a proposal whose changes are about to be made. Call `changed` when they are.
   * @param place the range that they were asked for, as offsets in the present text.
   */
  propose(changes: readonly Change[], asked: ProposalOrigin, place: { start: number; end: number }): void {
    const proposal = this.next++;
    this.proposals.push({ ...asked, ...place, id: proposal });
    let text = this.current;
    let hunks = [...this.present];
    for (const change of fromTheEnd(changes)) {
      const own = hunks.filter((hunk) => asked.turn !== undefined && this.isOf(asked.turn)(hunk));
      const others = shiftHunks(
        hunks.filter((hunk) => !own.includes(hunk)),
        change,
      );
      const grows = own.some((hunk) => overlaps(change, hunk));
      const { offset, length, text: added } = change;
      const before = text.slice(offset, offset + length);
      const hunk = { id: this.next++, proposal, start: offset, end: offset + added.length, before };
      hunks = grows ? [...others, ...growHunks(text, own, change)] : [...others, ...shiftHunks(own, change), hunk];
      text = applyChanges(text, [change]).text;
    }
    this.remember(text, hunks);
  }

  /** Whether a hunk was proposed by this turn of an agent. */
  isOf(turn: string): (hunk: PendingHunk) => boolean {
    return ({ proposal }) => this.proposal(proposal)?.turn === turn;
  }

  /** Keeps the chosen hunks, or all without a choice. The text does not change. */
  keep(isChosen: (hunk: PendingHunk) => boolean = () => true): void {
    this.present = this.present.filter((hunk) => !isChosen(hunk));
    this.remember(this.current, this.present);
  }

  /** Returns the changes that undo the chosen hunks, or all. Call `changed` when they are made. */
  reject(isChosen: (hunk: PendingHunk) => boolean = () => true): Change[] {
    const changes = this.present.filter(isChosen).map(rejection);
    const left = this.present.filter((hunk) => !isChosen(hunk));
    this.remember(applyChanges(this.current, changes).text, followAll(left, changes));
    return changes;
  }

  /**
   * Called when the document has changed.
   * @param isUsers whether the user has typed it: a hunk that the user changes is no longer proposed. A hunk that a
   * formatter or another program changes stays proposed.
   */
  changed(text: string, changes: readonly Change[], isUsers = true): void {
    const before = this.current;
    this.current = text;
    this.proposals = this.proposals.map((proposal) => shiftRange(proposal, changes));
    const known = this.states.get(text);
    this.present = known ?? (isUsers ? followAll(this.present, changes) : absorbAll(before, this.present, changes));
  }

  /** Called when the document was opened again. Others may have changed it meanwhile. */
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

/** Follows changes of one text that do not overlap: from the end, so that none moves another. */
function followAll(hunks: readonly PendingHunk[], changes: readonly Change[]): PendingHunk[] {
  return fromTheEnd(changes).reduce((followed, change) => shiftHunks(followed, change), [...hunks]);
}

function absorbAll(text: string, hunks: readonly PendingHunk[], changes: readonly Change[]): PendingHunk[] {
  const small = splitByLines(text, changes);
  return fromTheEnd(small).reduce((absorbed, change) => growHunks(text, absorbed, change), [...hunks]);
}

const fromTheEnd = (changes: readonly Change[]) => [...changes].sort((a, b) => b.offset - a.offset);
