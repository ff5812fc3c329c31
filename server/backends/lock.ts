/** One installation at a time, in whichever window: a file that names the process which holds it. */
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

/** How often it is looked for whether the other one is done, ms. */
const LOOK_MS = 250;
/** Nobody takes longer to write a number, ms. */
const WRITING_MS = 10_000;

/**
 * Waits for whoever holds the lock, calling `onWait` once; what a dead process left behind is taken over. Two that take it
 * over at the same moment would both install, and the last rename would hold: each installation is whole.
 */
export async function withLock<R>(
  folder: string,
  onWait: () => void,
  work: () => Promise<R>,
  signal: AbortSignal,
): Promise<R> {
  const file = path.join(folder, "lock");
  await mkdir(folder, { recursive: true });
  for (let waited = false; !(await take(file)); waited = true) {
    if (!waited) onWait();
    await setTimeout(LOOK_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    held.delete(file);
    await rm(file, { force: true });
  }
}

/** Those that this process holds: another of the same number may have died with one. */
const held = new Set<string>();

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}`, { flag: "wx" });
    held.add(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!(await isHeld(file))) await rm(file, { force: true });
  return false;
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const holder = Number(await readFile(file, "utf8"));
    if (holder === process.pid) return held.has(file);
    if (holder > 0) return isRunning(holder);
    // It is being written, or its writer's disk was full.
    return Date.now() - (await stat(file)).mtimeMs < WRITING_MS;
  } catch {
    // It has just been given back.
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
