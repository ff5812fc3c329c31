/** Decides which request runs the next step on the model. A step reads a chunk or generates a token. */
import type { Priority } from "../engine.ts";
import { FairQueue, PRIORITY_ORDER, type Waiting } from "./fairQueue.ts";
import { beforeStep } from "./observed.ts";

/** Runs the steps of one request, from its first chunk to its last token. */
export type StepRunner = {
  /** Runs a step when it is this request's turn. */
  run<T>(step: () => Promise<T>): Promise<T>;
  /** Whether steps should be short: there was a more urgent request recently, or this is idle work. */
  readonly prefersShortSteps: boolean;
  /** Lets less urgent requests run. Further calls have no effect. */
  leave(): void;
};

/** How long steps stay short after a more urgent request, ms: another one is likely to follow. */
const RECENT_MS = 10_000;

/**
 * Lets one step run at a time. From when a request joins until it leaves, less urgent requests wait, also between its
 * steps; otherwise every token of an edit would wait for a chunk of a chat. Owners of equal priority take turns.
 */
export class Gate {
  private running = false;
  private startedAt = 0;
  /** How many requests of each rank have joined and not left. */
  private readonly joined = [0, 0, 0];
  private readonly queue = new FairQueue();
  /** When a request of each rank last joined or left, ms of performance.now(). */
  private readonly lastChange = this.joined.map(() => Number.NEGATIVE_INFINITY);
  private readonly waiting: (Waiting & { go: () => void })[] = [];

  /** The caller must call `leave`. */
  join(priority: Priority, owner?: string): StepRunner {
    const rank = PRIORITY_ORDER[priority];
    const request = { rank, owner };
    this.joined[rank]!++;
    this.lastChange[rank] = performance.now();
    let hasLeft = false;
    const prefersShortSteps = () => priority === "idle" || this.hadUrgentRecently(rank);
    return {
      get prefersShortSteps() {
        return prefersShortSteps();
      },
      run: (step) => this.step(request, step),
      leave: () => {
        if (hasLeft) return;
        hasLeft = true;
        this.joined[rank]!--;
        this.lastChange[rank] = performance.now();
        this.next();
      },
    };
  }

  private async step<T>(request: Waiting, step: () => Promise<T>): Promise<T> {
    if (this.running || this.waiting.length > 0 || this.isOutranked(request.rank))
      await new Promise<void>((go) => {
        this.waiting.push({ ...request, go });
        this.next();
      });
    else this.start(request);
    try {
      const held = beforeStep(request.rank);
      if (held) await held;
      return await step();
    } finally {
      this.running = false;
      this.next();
    }
  }

  private isOutranked(rank: number): boolean {
    return this.joined.some((count, other) => other < rank && count > 0);
  }

  private hadUrgentRecently(rank: number): boolean {
    const since = performance.now() - RECENT_MS;
    return this.lastChange.some((time, other) => other < rank && time > since);
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

  private start(request: Waiting): void {
    this.running = true;
    this.startedAt = performance.now();
    this.queue.record(request);
  }

  /** How long the current step has been running, ms; 0 when none runs. */
  get stepMs(): number {
    return this.running ? performance.now() - this.startedAt : 0;
  }
}
