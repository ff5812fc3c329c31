/** The file in the 9B's true shape: written once, and kept in the user's cache. */
import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import { userFolder } from "../../../server/files/userFolder.ts";
import { bytesOf, NINE_B, writeProportioned } from "../proportions.ts";

/** Change it when the file changes. */
const NAME = "random-9b-1.gguf";
/** What the disk must have left afterwards, bytes: others need some too. */
const LEFT_BYTES = 2 * 1024 ** 3;

/** Says first what it will write, and where. Throws where there is not enough room. */
export function nineB(): { path: string; remove(): void } {
  const folder = userFolder("cache", "bench");
  const file = path.join(folder, NAME);
  if (!existsSync(file)) write(file);
  console.error(`The model is ${file}. It is kept for the next time: delete it when you are done.`);
  return { path: file, remove: () => {} };
}

function write(file: string): void {
  const folder = path.dirname(file);
  const bytes = bytesOf(NINE_B);
  mkdirSync(folder, { recursive: true });
  console.error(`Random weights in the 9B's shape are written into ${folder}: ${inGb(bytes)}.`);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < bytes + LEFT_BYTES)
    throw new Error(
      `They need ${inGb(bytes + LEFT_BYTES)}, and ${folder} has ${inGb(free)}. Make room, or set XDG_CACHE_HOME to a folder on another disk.`,
    );
  const part = `${file}.part`;
  try {
    writeProportioned(part, NINE_B);
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

const inGb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
