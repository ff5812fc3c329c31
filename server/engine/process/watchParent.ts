/**
 * Ends the engine process when its parent process is gone. Usually "disconnect" reports that. While the main thread is
 * busy or stuck, for example in a driver that is loading, another thread checks.
 */
import { Worker } from "node:worker_threads";

/** How often the thread checks, ms. */
const CHECK_MS = 250;

/** Returns a function that ends the watch. */
export function watchParent(): () => void {
  const worker = new Worker(`(${watch})(${process.ppid}, ${CHECK_MS})`, { eval: true });
  // Without the worker, "disconnect" still works.
  worker.on("error", () => {});
  worker.unref();
  return () => void worker.terminate();
}

/** The thread gets only the source of this function. */
function watch(parent: number, everyMs: number): void {
  setInterval(() => {
    try {
      // On Windows, process.ppid never changes.
      process.kill(parent, 0);
      if (process.ppid === parent) return;
    } catch {}
    process.kill(process.pid, "SIGKILL");
  }, everyMs);
}
