/** A lock between processes, as a file. A process waits while another one has the lock. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning } from "./processes.ts";

/** Interval of the owner's heartbeat, ms. */
const HEARTBEAT_MS = 2000;
/** An owner without a heartbeat for this long counts as dead, ms. */
const STALE_MS = 20_000;
/** How often to try while another process has the lock, ms. */
const POLL_MS = 250;

/** A lock that this process has. */
export type Lock = {
  /** Aborts when another process has taken the lock over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
};

/**
 * Waits for the lock. Takes over the lock of a dead process: its id no longer runs, or, because the id can be reused or
 * of another machine, it has no heartbeat. Throws the signal's reason, or the file system's error.
 * @param waiting called repeatedly while another process has the lock.
 * @param staleMs an owner without a heartbeat for this long counts as dead, ms.
 */
export async function acquire(
  file: string,
  signal: AbortSignal,
  waiting: () => Promise<void>,
  staleMs = STALE_MS,
): Promise<Lock> {
  const owner = JSON.stringify({ pid: process.pid, host: os.hostname(), id: randomUUID() });
  let seen: Sight | undefined;
  for (;;) {
    signal.throwIfAborted();
    if (await create(file, owner)) return held(file, owner);
    seen = await look(file, seen);
    if (seen && isGone(seen, staleMs)) {
      await takeAway(file, seen.owner);
      continue;
    }
    await waiting();
    await pause(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Whether any process has the lock now. */
export async function isLocked(file: string): Promise<boolean> {
  const seen = await look(file, undefined);
  return seen !== undefined && !isGone(seen, STALE_MS);
}

/** The id of the process on this machine that has the lock, if known. */
export async function lockHolder(file: string): Promise<number | undefined> {
  const seen = await look(file, undefined);
  return seen && ownerOf(seen.owner).pid;
}

/** A lock file. `since`: when its last heartbeat was first seen, on a clock that stops while the machine sleeps. */
type Sight = { owner: string; beat: number; since: number };

async function look(file: string, before: Sight | undefined): Promise<Sight | undefined> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    if (before?.owner === owner && before.beat === mtimeMs) return before;
    return { owner, beat: mtimeMs, since: performance.now() };
  } catch {
    return undefined;
  }
}

function isGone({ owner, since }: Sight, staleMs: number): boolean {
  return performance.now() - since > staleMs || isDead(owner);
}

/** The process that a lock file names; without `pid` if the file is invalid or from another machine. */
function ownerOf(owner: string): { pid?: number } {
  try {
    const { pid, host } = JSON.parse(owner) as { pid?: unknown; host?: unknown };
    return typeof pid === "number" && host === os.hostname() ? { pid } : {};
  } catch {
    return {};
  }
}

function isDead(owner: string): boolean {
  const { pid } = ownerOf(owner);
  return pid !== undefined && !isRunning(pid);
}

async function create(file: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(owner);
    } catch (error) {
      // On a full disk, an empty file without an owner would remain.
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a dead lock. Of all processes that see it, only one can rename it. If that process has renamed a new owner's
 * lock, it puts it back.
 */
async function takeAway(file: string, owner: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, "utf8")) !== owner) await copyFile(aside, file, constants.COPYFILE_EXCL);
  } catch {
    // Another process was faster.
  }
  await rm(aside, { force: true });
}

function held(file: string, owner: string): Lock {
  const lost = new AbortController();
  const isOurs = async () => (await readFile(file, "utf8").catch(() => "")) === owner;
  const beating = setInterval(async () => {
    if (!(await isOurs())) lost.abort(new Error("Another process has taken the lock over."));
    else await utimes(file, new Date(), new Date()).catch(() => {});
  }, HEARTBEAT_MS);
  beating.unref();
  return {
    lost: lost.signal,
    release: async () => {
      clearInterval(beating);
      if (await isOurs()) await rm(file, { force: true });
    },
  };
}
