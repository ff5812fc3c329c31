/** Finds the running host, or starts one. If several programs do this at once, only one host starts. */
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import { acquire, isLocked, lockHolder } from "../../files/lock.ts";
import { openRuntime, type Runtime, socketAddress } from "../runtime.ts";
import { Link } from "./link.ts";

/** How long a host may take from its start until it listens, ms. A laptop that wakes up is slow. */
const START_MS = 20_000;
/** How often to try to connect to a starting host, ms. */
const POLL_MS = 25;

/**
 * Connects to this user's host, and starts one if there is none. Waits while the host of an earlier version ends.
 * Throws EngineError loadFailed, or the signal's reason.
 * @param bundles the folder of the product's bundles.
 */
export async function connectToHost(bundles: string, signal: AbortSignal): Promise<Link> {
  const runtime = await openRuntime().catch((error: unknown) => {
    throw error instanceof EngineError ? error : refusedBySystem(error);
  });
  try {
    return await findOrStart(bundles, runtime, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof EngineError ? error : refusedBySystem(error, runtime.folder);
  }
}

async function findOrStart(bundles: string, runtime: Runtime, signal: AbortSignal): Promise<Link> {
  const running = await tryConnect(runtime);
  if (running) return running;
  const lock = await acquire(runtime.startLock, signal, async () => {});
  try {
    for (let startedAt: number | undefined; ; ) {
      signal.throwIfAborted();
      const link = await tryConnect(runtime);
      if (link) return link;
      // If a process holds the lock without listening, it is about to listen or to end.
      if (startedAt === undefined && !(await isLocked(runtime.hostLock))) {
        startedAt = performance.now();
        await start(bundles, runtime);
      }
      if (startedAt !== undefined && performance.now() - startedAt > START_MS) throw notStarted(runtime);
      await pause(POLL_MS, undefined, { signal });
    }
  } finally {
    await lock.release();
  }
}

/** Whether this user has a host, even if it does not listen yet. Throws EngineError loadFailed. */
export async function isHostRunning(): Promise<boolean> {
  return isLocked((await openRuntime()).hostLock);
}

async function tryConnect(runtime: Runtime): Promise<Link | undefined> {
  const address = await socketAddress(runtime);
  return address === undefined
    ? undefined
    : Link.connect(address, () => lockHolder(runtime.hostLock)).catch(() => undefined);
}

/** Starts a host. It is detached, so that it outlives this process. */
async function start(bundles: string, runtime: Runtime): Promise<void> {
  const log = await open(runtime.log, "w", 0o600);
  try {
    const args = [path.join(bundles, "host.mjs"), "--detach"];
    // VS Code's Node is Electron, which must be told to act as Node.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
    const starter = spawn(process.execPath, args, { stdio: ["ignore", "ignore", log.fd], env, windowsHide: true });
    await new Promise<void>((resolve, reject) => starter.once("exit", () => resolve()).once("error", reject));
  } finally {
    await log.close();
  }
}

/** The error for the system's refusal, for example a full disk, a folder that is not writable, or a process limit. */
function refusedBySystem(error: unknown, folder?: string): EngineError {
  const {
    code,
    message,
    path: place = "",
  }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(`${error}`);
  const reason = t("The engine could not be started: {0}", message.replace(/\.?$/, "."));
  const next =
    code === "ENOSPC" || code === "EDQUOT"
      ? t("Free some space on the disk that holds {0}, then load the model again.", folder ?? place)
      : t("Make sure that {0} is writable, then load the model again.", folder ?? place);
  return new EngineError("loadFailed", reason, { reason, next });
}

function notStarted({ log }: Runtime): EngineError {
  const reason = t("The engine could not be started.");
  return new EngineError("loadFailed", reason, { reason, next: t("The file {0} may show why.", log) });
}
