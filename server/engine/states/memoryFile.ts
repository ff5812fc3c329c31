/** Files in memory that no disk ever sees: llama.cpp writes and loads states only as files. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, statfs, unlink } from "node:fs/promises";
import path from "node:path";

/** Where Linux keeps files in memory. Windows and macOS have no such folder. */
const FOLDER = "/dev/shm";
const TMPFS_MAGIC = 0x01021994;

/** `path`: valid only in this process. Its memory is freed with `free`, or when the process ends, even by kill -9. */
export type MemoryFile = { path: string; bytes: number; free(): Promise<void> };

/**
 * Returns a file in memory after `write` has written it; `write` returns its length in bytes. Undefined where the system
 * has no such files, or no room for one.
 * @param need approximate length, bytes.
 */
export async function writeToMemory(
  need: number,
  write: (file: string) => Promise<number>,
): Promise<MemoryFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    const { type, bavail, bsize } = await statfs(FOLDER);
    if (type !== TMPFS_MAGIC || bavail * bsize < need) return undefined;
    handle = await openNameless();
    const file = `/proc/self/fd/${handle.fd}`;
    const bytes = await write(file);
    // When there is no room, llama.cpp silently loses its buffered data on closing a file.
    if ((await handle.stat()).size !== bytes) throw new Error("It does not fit.");
    const opened = handle;
    return { path: file, bytes, free: () => opened.close() };
  } catch {
    await handle?.close();
    return undefined;
  }
}

/** A file without a name is freed with its last handle. */
async function openNameless(): Promise<FileHandle> {
  const file = path.join(FOLDER, `nemotron-${randomUUID()}`);
  const handle = await open(file, "wx+", 0o600);
  await unlink(file);
  return handle;
}
