/** Where the engine's host is found: a folder that is the user's alone, a socket in it, and the lock of whoever listens there. */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";

/** Of a socket's path, bytes: what the smallest of the systems (macOS) allows, without the final zero. */
const MAX_SOCKET_PATH = 103;

export type Runtime = {
  folder: string;
  /** Held by the host as long as it lives. */
  hostLock: string;
  /** Held by whoever starts a host. */
  startLock: string;
  /** What the host has to complain of. */
  log: string;
};

/**
 * NEMOTRON_RUNTIME_DIR, or a folder in the system's place for such (XDG Base Directory Specification; on macOS and Windows
 * the temporary folder, which is the user's own there). Made where it is missing.
 * Throws EngineError loadFailed where others could write there.
 */
export async function openRuntime(): Promise<Runtime> {
  const folder = runtimeFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await refuseForeign(folder);
  const file = (name: string) => path.join(folder, name);
  return { folder, hostLock: file("host.lock"), startLock: file("start.lock"), log: file("host.log") };
}

function runtimeFolder({ NEMOTRON_RUNTIME_DIR: own, XDG_RUNTIME_DIR: system } = process.env): string {
  if (own) return path.resolve(own);
  if (process.platform === "linux" && system && path.isAbsolute(system)) return path.join(system, "nemotron-local");
  // The temporary folder may be everybody's: the name has to be the user's.
  return path.join(os.tmpdir(), `nemotron-local-${process.getuid?.() ?? os.userInfo().username}`);
}

/** Somebody else may have made it first, to be talked to in the user's place. Windows keeps the user's folders private. */
async function refuseForeign(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
  const reason = t("The folder {0} is not private to this user.", folder);
  const next = t("Remove it, or set NEMOTRON_RUNTIME_DIR to a folder of your own that others cannot read or write.");
  throw new EngineError("loadFailed", reason, { reason, next });
}

/**
 * A file of the folder; on Windows a named pipe, whose name is drawn by the host and written where only the user can read
 * it, so that nobody can listen there first. Undefined where no host has been.
 */
export async function socketAddress({ folder }: Runtime): Promise<string | undefined> {
  if (process.platform === "win32") return readFile(path.join(folder, "pipe"), "utf8").catch(() => undefined);
  return unixSocket(folder);
}

/** For the host, before it listens. */
export async function newSocketAddress({ folder }: Runtime): Promise<string> {
  if (process.platform !== "win32") return unixSocket(folder);
  const name = `\\\\.\\pipe\\nemotron-local-${randomUUID()}`;
  await writeFile(path.join(folder, "pipe"), name, { mode: 0o600 });
  return name;
}

/** Throws EngineError loadFailed where the system could not bind it. */
function unixSocket(folder: string): string {
  const file = path.join(folder, "engine.sock");
  if (Buffer.byteLength(file) <= MAX_SOCKET_PATH) return file;
  const reason = t("The folder {0} has too long a name for a socket.", folder);
  throw new EngineError("loadFailed", reason, {
    reason,
    next: t("Set NEMOTRON_RUNTIME_DIR to one with a shorter name."),
  });
}
