/** Limits the length of a thought. The limit can change while the thought runs. */
import type { Thinking } from "../protocol.ts";

/** How far a thought may exceed its budget to finish its line, tokens. Requests to remote engines leave it the same room. */
export const GRACE_TOKENS = 32;

/** The share of the room after the prompt that the thought must leave to the answer, up to ANSWER_TOKENS. */
const ANSWER_SHARE = 0.25;
const ANSWER_TOKENS = 1024;

/** Maximum length of a thought, tokens. `room`: tokens that remain after the prompt. */
export const roomForThought = (room: number): number => room - Math.min(ANSWER_TOKENS, Math.floor(room * ANSWER_SHARE));

/** The budget of one reply's thought. */
export class ThoughtBudget {
  /** Whether the thought is open now. */
  open: boolean;
  private tokens: number;
  private ceiling = Number.POSITIVE_INFINITY;
  private closeNow = false;

  constructor({ mode, budget = "unlimited" }: Thinking) {
    this.tokens = budget === "unlimited" ? Number.POSITIVE_INFINITY : budget;
    this.open = mode === "on" && this.tokens > 0;
  }

  /** The budget, tokens. */
  get value(): number | "unlimited" {
    return Number.isFinite(this.tokens) ? this.tokens : "unlimited";
  }

  /** Closes the thought at the next token that allows it. Returns whether a thought is open. */
  answerNow(): boolean {
    this.closeNow = this.open;
    return this.open;
  }

  /** Extends the budget by this many tokens. Returns whether a thought is open. */
  add(tokens: number): boolean {
    if (this.open) this.tokens += tokens;
    return this.open;
  }

  /** Limits the thought so that room for the answer remains. */
  limit(tokens: number): void {
    this.ceiling = Math.max(1, tokens);
  }

  /**
   * Whether to close the thought now.
   * @param spent tokens of the thought so far.
   * @param midTag whether the thought's last characters can be the beginning of its closing tag. A few more tokens will
   * show, and closing the thought now would leave half a tag in the model's context. The end of the grace comes first.
   */
  shouldClose(spent: number, atLineEnd: boolean, midTag: boolean): boolean {
    if (this.closeNow && !midTag) return true;
    if (spent >= Math.min(this.tokens + GRACE_TOKENS, this.ceiling)) return true;
    return spent >= Math.min(this.tokens, this.ceiling - GRACE_TOKENS) && !midTag && atLineEnd;
  }
}
