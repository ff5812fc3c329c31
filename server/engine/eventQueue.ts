/** What is made whether or not somebody asks for it: events wait here until they are iterated over, by one iterator. */
export class EventQueue<T> implements AsyncIterable<T> {
  private readonly events: T[] = [];
  private wake: (() => void) | undefined;
  private over = false;
  private failure: unknown;

  push(...events: T[]): void {
    this.events.push(...events);
    this.wake?.();
  }

  end(): void {
    this.over = true;
    this.wake?.();
  }

  /** The iteration throws this once the events before it have been taken. */
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
