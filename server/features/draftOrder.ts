/**
 * Returns a function that runs tasks one after the other. Drafts need that: the newest one wins at the engine, so they
 * must reach it in the order in which they were typed.
 */
export function inOrder(): <R>(task: () => Promise<R>) => Promise<R> {
  let latest: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = latest.catch(() => {}).then(task);
    latest = next;
    return next;
  };
}
