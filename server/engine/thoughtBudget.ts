/** How long a thought may go on. It can be changed from outside while the thought runs. */
import type { Thinking } from "../protocol.ts";

/** At the budget a thought may go on to the end of its line, so many tokens at most. */
export const GRACE_TOKENS = 32;

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

  get value(): number | "unlimited" {
    return Number.isFinite(this.tokens) ? this.tokens : "unlimited";
  }

  /** Returns whether there was a thought to close. */
  answerNow(): boolean {
    this.closeNow = this.open;
    return this.open;
  }

  /** Returns whether there was a thought to extend. */
  add(tokens: number): boolean {
    if (this.open) this.tokens += tokens;
    return this.open;
  }

  /** No thought may eat the place that its answer needs. */
  limit(tokens: number): void {
    this.ceiling = Math.max(1, tokens);
  }

  /**
   * @param midTag the thought's last text may be the beginning of its own closing tag: that decides itself within a few
   * tokens, and closing it now would leave half a tag in the model's eyes.
   */
  shouldClose(spent: number, atLineEnd: boolean, midTag: boolean): boolean {
    if (this.closeNow && !midTag) return true;
    if (spent >= Math.min(this.tokens + GRACE_TOKENS, this.ceiling)) return true;
    return spent >= Math.min(this.tokens, this.ceiling - GRACE_TOKENS) && !midTag && atLineEnd;
  }
}
