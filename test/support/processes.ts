/** The processes that a test has started: found by what Linux tells of them, slowed down or ended from outside. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";

/** Where processes can be found. */
export const canFindProcesses = process.platform === "linux";

/** What the language server, the engine's host and the engine process are started from. */
const SCRIPTS = { server: "server.mjs", host: "host.mjs", engine: "engine.mjs" };
export type Part = keyof typeof SCRIPTS;

/**
 * The newest such process of the workbench that `root` belongs to, if there is one. Those of a workbench have one place for
 * sockets in their environment, also the engine's host, which is nobody's child.
 */
export const findProcess = (root: number, part: Part): number | undefined => findProcesses(root, part)[0];

/** All of them, the newest first. */
export function findProcesses(root: number, part: Part): number[] {
  const place = placeOf(root);
  return runningProcesses()
    .filter((pid) => runs(pid, SCRIPTS[part]) && placeOf(pid) === place)
    .sort((a, b) => b - a);
}

/** All that have this place in their environment, or that part of them: whatever was started there, also what is nobody's child. */
export const processesAt = (place: string, part?: Part): number[] =>
  runningProcesses()
    .filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(`NEMOTRON_RUNTIME_DIR=${place}`))
    .filter((pid) => part === undefined || runs(pid, SCRIPTS[part]));

export const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);

/** What it was started with, without folders. */
export const commandOf = (pid: number): string =>
  read(`/proc/${pid}/cmdline`)
    .split("\0")
    .map((part) => path.basename(part))
    .join(" ")
    .trim();

/** What they hold of RAM together, bytes. */
export const residentBytes = (pids: number[]): number =>
  pids.reduce(
    (sum, pid) => sum + Number(read(`/proc/${pid}/status`).match(/^VmRSS:\s*(\d+) kB$/m)?.[1] ?? 0) * 1024,
    0,
  );

/** Whether the process has the file in its memory. */
export const hasMapped = (pid: number, file: string): boolean => read(`/proc/${pid}/maps`).includes(file);

function placeOf(pid: number): string | undefined {
  const variables = read(`/proc/${pid}/environ`).split("\0");
  const value = (name: string) => variables.find((variable) => variable.startsWith(`${name}=`));
  return value("NEMOTRON_RUNTIME_DIR") ?? value("XDG_RUNTIME_DIR");
}

/** Called, it lets the process go again; `hold` stops it altogether until then. */
export type Slowed = (() => void) & { hold(): void };

/** So long it runs at a time. */
const TURN_MS = 2;
/** The longest pause: whoever watches the process must not think that it is gone, and what it is told must arrive. */
const LONGEST_MS = 1000;
/** What the thread below is told; it answers with another number. */
const SLOW = 0;
const RELEASE = 1;
const HOLD = 2;

/**
 * Lets a process have a small share of a processor only, so that what it does can be watched and interfered with: the toy
 * model is faster than any user. It is counted in the time that the process has had, which on a busy machine is less than
 * has gone by: it always gets far enough to answer its watchdog in the end, and what it has had too much it pays for.
 */
export function slowDown(pid: number, share: number): Slowed {
  const order = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { pid, order, share, turnMs: TURN_MS, longestMs: LONGEST_MS };
  // The thread takes a moment to start.
  signal(pid, "SIGSTOP");
  // A thread of its own: whatever this one is busy with, the process would run on meanwhile.
  const worker = new Worker(`(${alternate})(require("node:worker_threads").workerData)`, { eval: true, workerData });
  worker.unref();
  const end = (how: number) => {
    if (Atomics.compareExchange(order, 0, SLOW, how) !== SLOW) return;
    Atomics.notify(order, 0);
    Atomics.wait(order, 0, how);
  };
  const release = () => {
    end(RELEASE);
    signal(pid, "SIGCONT");
  };
  const hold = () => {
    end(HOLD);
    signal(pid, "SIGSTOP");
  };
  return Object.assign(release, { hold });
}

type Turns = { pid: number; order: Int32Array; share: number; turnMs: number; longestMs: number };

/** The thread's whole program: it sees nothing of this file. Whoever ends it says what becomes of the process. */
function alternate({ pid, order, share, turnMs, longestMs }: Turns): void {
  const { readdirSync, readFileSync, readlinkSync } = process.getBuiltinModule("node:fs");
  try {
    // This thread should not be late. A real-time policy: niceness counts only among the processes of one session.
    const thread = readlinkSync("/proc/thread-self").split("/").at(-1)!;
    process.getBuiltinModule("node:child_process").execFileSync("chrt", ["--fifo", "--pid", "1", thread]);
  } catch {
    // That takes root.
  }
  const rest = (ms: number) => Atomics.wait(order, 0, 0, ms) === "timed-out";
  const threads = new Map<string, number>();
  // What its threads have had of the processors; Documentation/scheduler/sched-stats.rst.
  const hadMs = () => {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      try {
        const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
        threads.set(thread, Number(ns) / 1e6);
      } catch {
        // It has ended; what it has had counts.
      }
    return [...threads.values()].reduce((sum, ms) => sum + ms, 0);
  };
  try {
    process.kill(pid, "SIGSTOP");
    let before = hadMs();
    for (let pauseMs = turnMs / share; rest(pauseMs); ) {
      process.kill(pid, "SIGCONT");
      // Nothing is allocated here: collecting garbage takes long where others keep the processors busy.
      rest(turnMs);
      process.kill(pid, "SIGSTOP");
      const after = hadMs();
      pauseMs = Math.min(Math.max(turnMs, (after - before) / share), longestMs);
      before = after;
    }
  } catch {
    // It is gone.
  }
  Atomics.store(order, 0, 3);
  Atomics.notify(order, 0);
}

/** False when it is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function runningProcesses(): number[] {
  // Behind the program's name, which may hold anything: its state.
  const state = (pid: string) => read(`/proc/${pid}/stat`).replace(/^.*\) /s, "")[0] ?? "Z";
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && state(name) !== "Z")
    .map(Number);
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
