/** Where one engine process keeps the states of idle conversations: a private folder that goes when the process goes. */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const PREFIX = "nemotron-states-";

/** The name tells whose it is, so that what a killed server left behind can be found. Mode 0700, as mkdtemp makes it. */
export function makeStateDirectory(): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
}

export async function removeStateDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(() => {});
}

/** For a process that is about to exit. */
export function removeStateDirectoryNow(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // The next server's sweep sees to it.
  }
}

/** Removes what servers that are no more have left behind. */
export async function sweepStateDirectories(): Promise<void> {
  const names = await readdir(os.tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = name.match(/^nemotron-states-(\d+)-/)?.[1];
    if (pid && !isRunning(Number(pid))) await removeStateDirectory(path.join(os.tmpdir(), name));
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
