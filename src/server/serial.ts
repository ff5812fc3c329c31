/**
 * Runs a task one at a time. Who asks while it runs shares one more run, which begins when that is over: so whatever
 * led to the call is seen by a run that began after it. A run that fails rejects for those who asked for it alone.
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
