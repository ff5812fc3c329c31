/**
 * Runs a task one run at a time. All calls during a run share one more run after it, so each call gets a run that begins
 * after the call. A failed run rejects only its own calls.
 */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  const run = () => {
    queued = undefined;
    const current = task().finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };
  return () => {
    if (!running) return run();
    queued ??= running.then(run, run);
    return queued;
  };
}
