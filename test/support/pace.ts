/** The pace of an engine's process: slowed down, so that no busy machine makes a test come too late, or waited for. Linux only. */
import { readdirSync, readFileSync } from "node:fs";
import { idle } from "./client.ts";
import { slowDown } from "./processes.ts";

/** Lets the engine run at a quarter of a processor, or less, while something is done that has to come in the middle of its work. */
export async function slowly<T>(pid: number, work: () => Promise<T>, share = 0.25): Promise<T> {
  const release = slowDown(pid, share);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Its idle work begins a moment after the reply, and pauses between chunks. */
const QUIET_MS = 250;
const POLL_MS = 10;

/**
 * Returns when none of the process's threads has run, or wanted to, for a quarter of a second: on a busy machine one that
 * is kept waiting counts as running. Behind a reply an engine reads the bare answer, in idle time.
 */
export async function settled(pid: number): Promise<void> {
  for (let quietSince = performance.now(); performance.now() - quietSince < QUIET_MS; await idle(POLL_MS)) {
    if (wantsToRun(pid)) quietSince = performance.now();
  }
}

/** The state is behind the thread's name, which may hold anything. */
function wantsToRun(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).some((thread) => {
    try {
      return /^.*\) [RD]/s.test(readFileSync(`${threads}/${thread}/stat`, "utf8"));
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}
