/** A queue of events that are produced independently of their consumer. They wait here for the one iterator. */
export class EventQueue<T> implements AsyncIterable<T> {
  private readonly events: T[] = [];
  private wake: (() => void) | undefined;
  private over = false;
  private failure: unknown;

  push(...events: T[]): void {
    this.events.push(...events);
    this.wake?.();
  }

  /** The iteration ends after the events before this call. */
  end(): void {
    this.over = true;
    this.wake?.();
  }

  /** The iteration throws this error after the events before it. */
  fail(error: unknown): void {
    this.failure = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      yield* this.events.splice(0);
      if (this.events.length > 0) continue;
      if (this.failure !== undefined) throw this.failure;
      if (this.over) return;
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    }
  }
}
