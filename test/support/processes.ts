/** Finds the processes that a test has started (through Linux's /proc), and ends them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Whether processes can be found. */
export const canFindProcesses = process.platform === "linux";

/** The scripts of the language server, the engine host and the engine process. */
const SCRIPTS = { server: "server.mjs", host: "host.mjs", engine: "engine.mjs" };
export type Part = keyof typeof SCRIPTS;

/**
 * The newest such process of the workbench that `root` belongs to, if any. An engine process that only looks for GPUs
 * does not count beside one that holds a model. All processes of a workbench have the same socket folder in their
 * environment, also the engine host, which is nobody's child.
 */
export function findProcess(root: number, part: Part): number | undefined {
  const found = findProcesses(root, part);
  return found.find((pid) => hasMapped(pid, ".gguf")) ?? found[0];
}

/** All of them, newest first. */
export function findProcesses(root: number, part: Part): number[] {
  const place = placeOf(root);
  return runningProcesses()
    .filter((pid) => runs(pid, SCRIPTS[part]) && placeOf(pid) === place)
    .sort((a, b) => b - a);
}

/**
 * All processes with this folder in their environment, or those with that part: everything started there, also what is
 * nobody's child.
 */
export const processesAt = (place: string, part?: Part): number[] =>
  runningProcesses()
    .filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(`NEMOTRON_RUNTIME_DIR=${place}`))
    .filter((pid) => part === undefined || runs(pid, SCRIPTS[part]));

export const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);

/** Its command line, without folders. */
export const commandOf = (pid: number): string =>
  read(`/proc/${pid}/cmdline`)
    .split("\0")
    .map((part) => path.basename(part))
    .join(" ")
    .trim();

/** The RAM that they use together, bytes. */
export const residentBytes = (pids: number[]): number =>
  pids.reduce(
    (sum, pid) => sum + Number(read(`/proc/${pid}/status`).match(/^VmRSS:\s*(\d+) kB$/m)?.[1] ?? 0) * 1024,
    0,
  );

/** The same, where memory that several processes share counts once. */
export const proportionalBytes = (pids: number[]): number =>
  pids.reduce(
    (sum, pid) => sum + Number(read(`/proc/${pid}/smaps_rollup`).match(/^Pss:\s*(\d+) kB$/m)?.[1] ?? 0) * 1024,
    0,
  );

/** The processor time that they have used together, ms. */
export const processorMs = (pids: number[]): number =>
  pids.reduce((sum, pid) => {
    // After the name, which can contain anything: the state is field 3, user and system time are fields 14 and 15, in
    // units of 10 ms.
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ");
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
  }, 0);

/** Whether the process has mapped the file. */
export const hasMapped = (pid: number, file: string): boolean => read(`/proc/${pid}/maps`).includes(file);

/** The folder in which the process looks for the engine's socket. */
export function placeOf(pid: number): string | undefined {
  const variables = read(`/proc/${pid}/environ`).split("\0");
  const value = (name: string) => variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  return value("NEMOTRON_RUNTIME_DIR") ?? value("XDG_RUNTIME_DIR");
}

/** Returns false if the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function runningProcesses(): number[] {
  // Its state, after the program's name, which can contain anything.
  const state = (pid: string) => read(`/proc/${pid}/stat`).replace(/^.*\) /s, "")[0] ?? "Z";
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && state(name) !== "Z")
    .map(Number);
}

const runs = (pid: number, script: string) =>
  read(`/proc/${pid}/cmdline`)
    .split("\0")
    .some((argument) => argument.endsWith(`/${script}`));

/** Empty when the process has ended in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
