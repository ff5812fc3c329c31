/** Who runs the next chunk or token on the one model. */
import type { Priority } from "./engine.ts";
import { RANK, Turns, type Waiting } from "./turns.ts";

/** A request's place at the gate, from its first chunk to its last token. */
export type Seat = {
  /** Runs one chunk or one token when it is this request's turn. */
  run<T>(step: () => Promise<T>): Promise<T>;
  leave(): void;
};

/**
 * Lets one step run at a time. While a more urgent seat is taken, the less urgent ones wait, also between its steps:
 * otherwise every token of an edit would wait for a chunk of a chat. Owners of seats of one priority take turns.
 */
export class Gate {
  private running = false;
  private startedAt = 0;
  private readonly seated = [0, 0, 0];
  private readonly turns = new Turns();
  private readonly waiting: (Waiting & { go: () => void })[] = [];

  join(priority: Priority, owner?: string): Seat {
    const rank = RANK[priority];
    const seat = { rank, owner };
    this.seated[rank]!++;
    let left = false;
    return {
      run: (step) => this.step(seat, step),
      leave: () => {
        if (left) return;
        left = true;
        this.seated[rank]!--;
        this.next();
      },
    };
  }

  private async step<T>(seat: Waiting, step: () => Promise<T>): Promise<T> {
    if (this.running || this.waiting.length > 0 || this.outranked(seat.rank))
      await new Promise<void>((go) => {
        this.waiting.push({ ...seat, go });
        this.next();
      });
    else this.start(seat);
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
    const next = this.turns.next(this.waiting, ({ rank }) => !this.outranked(rank));
    if (!next) return;
    // Taken here, not when the waiter wakes: nobody may slip in between.
    this.start(next);
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.go();
  }

  private start(seat: Waiting): void {
    this.running = true;
    this.startedAt = performance.now();
    this.turns.had(seat);
  }

  /** How long the step that runs has been running, ms; 0 where none does. */
  get stepMs(): number {
    return this.running ? performance.now() - this.startedAt : 0;
  }
}
