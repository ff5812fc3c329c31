/** Who runs the next chunk or token on the one model. */
import type { Priority } from "./engine.ts";

const RANK: Record<Priority, number> = { edit: 0, chat: 1, idle: 2 };

/** A request's place at the gate, from its first chunk to its last token. */
export type Seat = {
  /** Runs one chunk or one token when it is this request's turn. */
  run<T>(step: () => Promise<T>): Promise<T>;
  leave(): void;
};

/**
 * Lets one step run at a time. While a more urgent seat is taken, the less urgent ones wait, also between its steps:
 * otherwise every token of an edit would wait for a chunk of a chat. Seats of one priority take turns.
 */
export class Gate {
  private running = false;
  private readonly seated = [0, 0, 0];
  private readonly waiting: { rank: number; go: () => void }[] = [];

  join(priority: Priority): Seat {
    const rank = RANK[priority];
    this.seated[rank]!++;
    let left = false;
    return {
      run: (step) => this.step(rank, step),
      leave: () => {
        if (left) return;
        left = true;
        this.seated[rank]!--;
        this.next();
      },
    };
  }

  private async step<T>(rank: number, step: () => Promise<T>): Promise<T> {
    if (this.running || this.waiting.length > 0 || this.outranked(rank))
      await new Promise<void>((go) => {
        this.waiting.push({ rank, go });
        this.next();
      });
    this.running = true;
    try {
      return await step();
    } finally {
      this.running = false;
      this.next();
    }
  }

  private outranked(rank: number): boolean {
    return this.seated.some((seats, other) => other < rank && seats > 0);
  }

  private next(): void {
    if (this.running) return;
    let best = -1;
    for (const [i, { rank }] of this.waiting.entries())
      if (!this.outranked(rank) && (best < 0 || rank < this.waiting[best]!.rank)) best = i;
    if (best < 0) return;
    // Taken here, not when the waiter wakes: nobody may slip in between.
    this.running = true;
    this.waiting.splice(best, 1)[0]!.go();
  }
}
