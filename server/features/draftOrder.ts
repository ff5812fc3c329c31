/**
 * Returns a function that runs one task after the other. Drafts are laid out so: the newest one wins at the engine, so all
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
