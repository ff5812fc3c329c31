/** Until states were kept (states/), each engine process had a folder of its own for them among the temporary ones. */
import { readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isRunning } from "./states/disk.ts";

/** Removes what versions of then have left behind. */
export async function sweepStateDirectories(): Promise<void> {
  const names = await readdir(os.tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = name.match(/^nemotron-states-(\d+)-/)?.[1];
    if (pid && !isRunning(Number(pid)))
      await rm(path.join(os.tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
