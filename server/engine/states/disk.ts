/**
 * The folder of all states, for all models and contexts: its size limit, leftovers of killed processes, and deleting a
 * conversation. Files with any other name are never touched.
 */
import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { isRunning } from "../../files/processes.ts";
import { conversationIn, indexFile, processIn, stateFile } from "./entry.ts";

const KEY = /^[0-9a-f]{32}$/;
/**
 * The age at which a temporary folder counts as abandoned, even if a process with its id runs, ms. Writing takes
 * seconds, and systems reuse process ids.
 */
const ABANDONED_MS = 60 * 60_000;

type StateFolder = { folder: string; name: string };

/** Removes the least recently used states until the rest take at most this many bytes. Returns the removed folders. */
export async function shrinkFolder(root: string, bytes: number): Promise<string[]> {
  const states = await Promise.all((await listEntries(root)).filter(isState).map(measure));
  let total = states.reduce((sum, state) => sum + state.bytes, 0);
  const removed: string[] = [];
  for (const { folder, bytes: freed } of states.toSorted((a, b) => a.used - b.used)) {
    if (total <= bytes) break;
    await removeEntry(folder);
    total -= freed;
    removed.push(folder);
  }
  return removed;
}

/** Removes unfinished states of processes that no longer run, and empty folders. */
export async function sweep(root: string): Promise<void> {
  for (const { folder, name } of await listEntries(root)) {
    const pid = processIn(name);
    if (pid !== undefined && (await isAbandoned(folder, pid))) await removeEntry(folder);
  }
  // Fails for a folder that is not empty.
  for (const key of await keyFolders(root)) await rmdir(key).catch(() => {});
}

/** Removes all states of a conversation (a hash, origin.ts), for all models. */
export async function forgetStates(root: string, conversation: string): Promise<void> {
  for (const { folder, name } of await listEntries(root))
    if (conversationIn(name) === conversation) await removeEntry(folder);
}

/** Never throws: the caller can do nothing about it, and the next sweep may succeed. */
export async function removeEntry(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

const isState = ({ name }: StateFolder) => conversationIn(name) !== undefined;

async function listEntries(root: string): Promise<StateFolder[]> {
  const all: StateFolder[] = [];
  for (const key of await keyFolders(root))
    for (const name of await readdir(key).catch(() => [])) all.push({ folder: path.join(key, name), name });
  return all;
}

async function keyFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  // A link could lead elsewhere.
  return entries.filter((e) => e.isDirectory() && KEY.test(e.name)).map(({ name }) => path.join(root, name));
}

/** The modification time of a state's index is the time of its last use. */
async function measure({ folder }: StateFolder): Promise<{ folder: string; bytes: number; used: number }> {
  const files = await Promise.all(
    [indexFile(folder), stateFile(folder)].map((file) => lstat(file).catch(() => undefined)),
  );
  return { folder, bytes: files.reduce((sum, f) => sum + (f?.size ?? 0), 0), used: files[0]?.mtimeMs ?? 0 };
}

async function isAbandoned(folder: string, pid: number): Promise<boolean> {
  // The sweep runs before this process writes anything. A folder with its id is from an earlier process: containers
  // reuse ids soon.
  if (pid === process.pid || !isRunning(pid)) return true;
  const { mtimeMs } = await lstat(folder).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > ABANDONED_MS;
}
