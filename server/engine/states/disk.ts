/**
 * The folder of all states, whatever model and context they are of: what it may take, what of it is rubbish, what is
 * forgotten. Nothing in it is touched that does not have a name of ours.
 */
import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { isRunning } from "../../files/processes.ts";
import { conversationIn, indexFile, processIn, stateFile } from "./entry.ts";

const KEY = /^[0-9a-f]{32}$/;
/** Nobody writes one state for so long; an id may by then be another process's, ms. */
const ABANDONED_MS = 60 * 60_000;

type Found = { folder: string; name: string };

/** Removes the least recently used states, until all that are left take no more than that. Returns the folders removed. */
export async function shrink(root: string, bytes: number): Promise<string[]> {
  const states = await Promise.all((await found(root)).filter(isState).map(measure));
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

/** Removes what processes that are no more have left unfinished, and folders that have become empty. */
export async function sweep(root: string): Promise<void> {
  for (const { folder, name } of await found(root)) {
    const pid = processIn(name);
    if (pid !== undefined && (await isAbandoned(folder, pid))) await removeEntry(folder);
  }
  // Fails where there is something in it.
  for (const key of await keyFolders(root)) await rmdir(key).catch(() => {});
}

/** Removes all states of a conversation (a hash, whose.ts), whatever model they are of. */
export async function forgetStates(root: string, conversation: string): Promise<void> {
  for (const { folder, name } of await found(root))
    if (conversationIn(name) === conversation) await removeEntry(folder);
}

/** Not being able to is no fault of the caller's; the next one may be. */
export async function removeEntry(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

const isState = ({ name }: Found) => conversationIn(name) !== undefined;

async function found(root: string): Promise<Found[]> {
  const all: Found[] = [];
  for (const key of await keyFolders(root))
    for (const name of await readdir(key).catch(() => [])) all.push({ folder: path.join(key, name), name });
  return all;
}

async function keyFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  // A link would lead elsewhere.
  return entries.filter((e) => e.isDirectory() && KEY.test(e.name)).map(({ name }) => path.join(root, name));
}

/** When a state was last used is when its index was last touched. */
async function measure({ folder }: Found): Promise<{ folder: string; bytes: number; used: number }> {
  const files = await Promise.all(
    [indexFile(folder), stateFile(folder)].map((file) => lstat(file).catch(() => undefined)),
  );
  return { folder, bytes: files.reduce((sum, f) => sum + (f?.size ?? 0), 0), used: files[0]?.mtimeMs ?? 0 };
}

async function isAbandoned(folder: string, pid: number): Promise<boolean> {
  // It is swept before anything is written, so ours is that of an earlier process: ids come again, in containers soon.
  if (pid === process.pid || !isRunning(pid)) return true;
  const { mtimeMs } = await lstat(folder).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > ABANDONED_MS;
}
