/** The processes that a workbench has started: found by what Linux tells of them, slowed down or ended from outside. */
import { readdirSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** Where processes can be found. */
export const canFindProcesses = process.platform === "linux";

/** What the language server and the engine process are started from. */
const SCRIPTS = { server: "server.mjs", engine: "engine.mjs" };
export type Part = keyof typeof SCRIPTS;

/** The newest such process among those that `root` and its children have started, if there is one. */
export function findProcess(root: number, part: Part): number | undefined {
  const parents = new Map(runningProcesses().map(({ pid, parent }) => [pid, parent]));
  const descends = (pid: number): boolean => pid === root || (parents.has(pid) && descends(parents.get(pid)!));
  return [...parents.keys()].filter((pid) => descends(pid) && runs(pid, SCRIPTS[part])).sort((a, b) => b - a)[0];
}

/**
 * Lets a process run for a small share of the time only, so that what it does can be watched and interfered with: the
 * toy model is faster than any user. Returns what lets it go again.
 */
export function slowDown(pid: number, share: number): () => void {
  const released = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { pid, released, runMs: PERIOD_MS * share, restMs: PERIOD_MS * (1 - share) };
  // A thread of its own: whatever this one is busy with, the process would run on meanwhile.
  const worker = new Worker(`(${alternate})(require("node:worker_threads").workerData)`, { eval: true, workerData });
  worker.unref();
  return () => {
    Atomics.store(released, 0, 1);
    Atomics.notify(released, 0);
  };
}

const PERIOD_MS = 50;
type Turns = { pid: number; released: Int32Array; runMs: number; restMs: number };

/** The thread's whole program: it sees nothing of this file. */
function alternate({ pid, released, runMs, restMs }: Turns): void {
  const rest = (ms: number) => Atomics.wait(released, 0, 0, ms) === "timed-out";
  try {
    do process.kill(pid, "SIGSTOP");
    while (rest(restMs) && process.kill(pid, "SIGCONT") && rest(runMs));
    process.kill(pid, "SIGCONT");
  } catch {
    // It is gone.
  }
}

/** False when it is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function runningProcesses(): { pid: number; parent: number }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // Behind the program's name, which may hold anything: its state, its parent.
      const [state, parent] = read(`/proc/${name}/stat`)
        .replace(/^.*\) /s, "")
        .split(" ");
      return parent && state !== "Z" ? [{ pid: Number(name), parent: Number(parent) }] : [];
    });
}

const runs = (pid: number, script: string) =>
  read(`/proc/${pid}/cmdline`)
    .split("\0")
    .some((argument) => argument.endsWith(`/${script}`));

/** Empty when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
