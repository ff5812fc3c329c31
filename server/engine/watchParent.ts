/**
 * The engine process must not outlive the one that started it. It hears of that one's end by "disconnect", unless its main
 * thread is busy or stuck, as in a driver that is being loaded: meanwhile another thread looks.
 */
import { Worker } from "node:worker_threads";

const LOOK_MS = 250;

/** Returns what ends the watch. */
export function watchParent(): () => void {
  const worker = new Worker(`(${watch})(${process.ppid}, ${LOOK_MS})`, { eval: true });
  // Without it "disconnect" is what is left.
  worker.on("error", () => {});
  worker.unref();
  return () => void worker.terminate();
}

/** Its source is all that gets into the thread. */
function watch(parent: number, everyMs: number): void {
  setInterval(() => {
    try {
      // On Windows the parent's id stays what it was.
      process.kill(parent, 0);
      if (process.ppid === parent) return;
    } catch {}
    process.kill(process.pid, "SIGKILL");
  }, everyMs);
}
