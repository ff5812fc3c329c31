/** Limits the share of time spent drawing: a long paragraph is drawn again each time, so in longer steps. */

/** Rest for each ms of drawing, ms. */
const REST = 4;

export class Pace {
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: () => void = () => {};

  /** Draws now, or at the next step; only the latest call counts. @param urgent draw now in any case. */
  run(work: () => void, urgent: boolean): void {
    this.#work = work;
    const wait = this.#due - performance.now();
    if (urgent || wait <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #draw(): void {
    this.stop();
    const start = performance.now();
    this.#work();
    this.#due = performance.now() + (performance.now() - start) * REST;
  }
}
