/** Decides which request runs the next chunk or token on the one model. */
import type { Priority } from "../engine.ts";
import { FairQueue, PRIORITY_ORDER, type Waiting } from "./fairQueue.ts";
import { beforeStep } from "./observed.ts";

/** A request's place at the gate, from its first chunk to its last token. */
export type Seat = {
  /** Runs one chunk or one token when it is this request's turn. */
  run<T>(step: () => Promise<T>): Promise<T>;
  /** Whether steps should be short: a more urgent request came lately, or this is idle work. */
  readonly mayYield: boolean;
  leave(): void;
};

/** How long after a more urgent request steps stay short, ms: another one is likely to follow. */
const LATELY_MS = 10_000;

/**
 * Lets one step run at a time. While a more urgent request has a seat, less urgent ones wait, also between its steps;
 * otherwise every token of an edit would wait for a chunk of a chat. Owners of equal priority take turns.
 */
export class Gate {
  private running = false;
  private startedAt = 0;
  private readonly seated = [0, 0, 0];
  private readonly queue = new FairQueue();
  /** When a seat of each rank was last taken or left, ms of performance.now(). */
  private readonly lastSeated = this.seated.map(() => Number.NEGATIVE_INFINITY);
  private readonly waiting: (Waiting & { go: () => void })[] = [];

  join(priority: Priority, owner?: string): Seat {
    const rank = PRIORITY_ORDER[priority];
    const seat = { rank, owner };
    this.seated[rank]!++;
    this.lastSeated[rank] = performance.now();
    let hasLeft = false;
    const mayYield = () => priority === "idle" || this.hasUrgentLately(rank);
    return {
      get mayYield() {
        return mayYield();
      },
      run: (step) => this.step(seat, step),
      leave: () => {
        if (hasLeft) return;
        hasLeft = true;
        this.seated[rank]!--;
        this.lastSeated[rank] = performance.now();
        this.next();
      },
    };
  }

  private async step<T>(seat: Waiting, step: () => Promise<T>): Promise<T> {
    if (this.running || this.waiting.length > 0 || this.isOutranked(seat.rank))
      await new Promise<void>((go) => {
        this.waiting.push({ ...seat, go });
        this.next();
      });
    else this.start(seat);
    try {
      const held = beforeStep(seat.rank);
      if (held) await held;
      return await step();
    } finally {
      this.running = false;
      this.next();
    }
  }

  private isOutranked(rank: number): boolean {
    return this.seated.some((seats, other) => other < rank && seats > 0);
  }

  private hasUrgentLately(rank: number): boolean {
    const since = performance.now() - LATELY_MS;
    return this.lastSeated.some((time, other) => other < rank && time > since);
  }

  private next(): void {
    if (this.running) return;
    const next = this.queue.next(this.waiting, ({ rank }) => !this.isOutranked(rank));
    if (!next) return;
    // Start here, not when the waiter wakes: otherwise another request could slip in between.
    this.start(next);
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.go();
  }

  private start(seat: Waiting): void {
    this.running = true;
    this.startedAt = performance.now();
    this.queue.record(seat);
  }

  /** How long the current step has been running, ms; 0 when none runs. */
  get stepMs(): number {
    return this.running ? performance.now() - this.startedAt : 0;
  }
}
