/** Files in memory that no disk ever sees: llama.cpp writes and loads states only as files. */
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, statfsSync, unlinkSync } from "node:fs";
import path from "node:path";

/** Where Linux keeps files in memory. Windows and macOS have no such folder. */
const FOLDER = "/dev/shm";
const TMPFS_MAGIC = 0x01021994;

/** `path`: valid only in this process. Its memory is freed with `free`, or when the process ends, even by kill -9. */
export type MemoryFile = { path: string; bytes: number; free(): void };

/**
 * Returns a file in memory after `write` has written it; `write` returns its length in bytes. Undefined where the system
 * has no such files, or no room for one.
 * @param need approximate length, bytes.
 */
export async function writeToMemory(
  need: number,
  write: (file: string) => Promise<number>,
): Promise<MemoryFile | undefined> {
  // No disk is involved, so calls that wait take microseconds; the others would wait for another thread.
  let opened: number | undefined;
  try {
    const { type, bavail, bsize } = statfsSync(FOLDER);
    if (type !== TMPFS_MAGIC || bavail * bsize < need) return undefined;
    const fd = openNameless();
    opened = fd;
    const file = `/proc/self/fd/${fd}`;
    const bytes = await write(file);
    // When there is no room, llama.cpp silently loses its buffered data on closing a file.
    if (fstatSync(fd).size !== bytes) throw new Error("It does not fit.");
    return { path: file, bytes, free: () => closeSync(fd) };
  } catch {
    if (opened !== undefined) closeSync(opened);
    return undefined;
  }
}

/** A file without a name is freed with its last handle. */
function openNameless(): number {
  const file = path.join(FOLDER, `nemotron-${randomUUID()}`);
  const fd = openSync(file, "wx+", 0o600);
  unlinkSync(file);
  return fd;
}
