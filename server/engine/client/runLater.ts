/**
 * Runs work after a pause, ms. `done` settles as the work does, and may be ignored. `cancel` rejects `done`; it has no
 * effect once the work has begun.
 */
export function runLater<T>(ms: number, work: () => Promise<T>): { done: Promise<T>; cancel: (reason: Error) => void } {
  let cancel: (reason: Error) => void = () => {};
  const done = new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      cancel = () => {};
      work().then(resolve, reject);
    }, ms);
    cancel = (reason) => {
      clearTimeout(timer);
      reject(reason);
    };
  });
  done.catch(() => {});
  return { done, cancel: (reason) => cancel(reason) };
}
