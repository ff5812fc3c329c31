/** Work on the main thread that yields to other work between its steps. */
import { setImmediate as turn } from "node:timers/promises";

/** The work yields where it can be interrupted. */
export type Steps<T> = Generator<void, T, void>;

/** How long the work may block the thread, ms: about as long as a token takes. */
const MAX_BLOCK_MS = 10;

/** Runs all steps without yielding to other work. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs the steps, and yields to other work every 10 ms. Throws the signal's reason. */
export async function runInSteps<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < MAX_BLOCK_MS) continue;
    await turn();
    signal?.throwIfAborted();
    since = performance.now();
  }
}
