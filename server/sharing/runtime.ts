/**
 * Where clients find the engine host: a private folder of the user with its socket, and the lock of the process that
 * listens there.
 */
import { randomUUID } from "node:crypto";
import { lstat, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { makeFolder } from "../files/makeFolder.ts";

/** Maximum length of a socket's path, bytes: the smallest limit of all systems (macOS), without the final zero. */
const MAX_SOCKET_PATH = 103;

/** The paths in the runtime folder. */
export type Runtime = {
  folder: string;
  /** The lock file that the host holds while it runs. */
  hostLock: string;
  /** The lock file that a process holds while it starts a host. */
  startLock: string;
  /** The host's log file. */
  log: string;
};

/**
 * NEMOTRON_RUNTIME_DIR, or a folder in the system's runtime folder (XDG Base Directory Specification; on macOS and
 * Windows the temporary folder, which belongs to the user there). Creates it if it is missing. Throws EngineError
 * loadFailed if it cannot be created, if others can write to it, or if its path is not absolute.
 */
export async function openRuntime(): Promise<Runtime> {
  const folder = runtimeFolder();
  await makeFolder(folder, 0o700).catch((error: Error) => {
    throw refused(t("The engine could not be started: {0}", `${error.message}.`));
  });
  await refuseForeign(folder);
  const file = (name: string) => path.join(folder, name);
  return { folder, hostLock: file("host.lock"), startLock: file("start.lock"), log: file("host.log") };
}

function runtimeFolder({ NEMOTRON_RUNTIME_DIR: own, XDG_RUNTIME_DIR: system } = process.env): string {
  // A relative path would be another folder for each program, with another engine.
  if (own && !path.isAbsolute(own))
    throw refused(t("NEMOTRON_RUNTIME_DIR is {0}, which is not an absolute path.", own));
  if (own) return path.resolve(own);
  if (process.platform === "linux" && system && path.isAbsolute(system)) return path.join(system, "nemotron-local");
  // The temporary folder can be shared by all users, so the name contains the user.
  return path.join(os.tmpdir(), `nemotron-local-${process.getuid?.() ?? os.userInfo().username}`);
}

/** Another user may have created the folder first, to act as the host. Windows keeps user folders private. */
async function refuseForeign(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
  throw refused(t("The folder {0} is not private to this user.", folder));
}

function refused(reason: string): EngineError {
  const next = t("Remove it, or set NEMOTRON_RUNTIME_DIR to a folder of your own that others cannot read or write.");
  return new EngineError("loadFailed", reason, { reason, next });
}

/**
 * The address of the running host: a socket file in the folder. On Windows it is a named pipe with a random name, in a
 * file that only the user can read, so that nobody else can listen there first. Undefined if there has been no host.
 */
export async function socketAddress({ folder }: Runtime): Promise<string | undefined> {
  if (process.platform === "win32") return readFile(path.join(folder, "pipe"), "utf8").catch(() => undefined);
  return unixSocket(folder);
}

/** The address for a new host to listen on. Throws EngineError loadFailed if it is too long. */
export async function newSocketAddress({ folder }: Runtime): Promise<string> {
  if (process.platform !== "win32") return unixSocket(folder);
  const name = `\\\\.\\pipe\\nemotron-local-${randomUUID()}`;
  await writeFile(path.join(folder, "pipe"), name, { mode: 0o600 });
  return name;
}

/** Throws EngineError loadFailed if the path is too long for a socket. */
function unixSocket(folder: string): string {
  const file = path.join(folder, "engine.sock");
  if (Buffer.byteLength(file) <= MAX_SOCKET_PATH) return file;
  const reason = t("The path of the folder {0} is too long for a socket.", folder);
  throw new EngineError("loadFailed", reason, {
    reason,
    next: t("Set NEMOTRON_RUNTIME_DIR to a folder with a shorter path."),
  });
}
