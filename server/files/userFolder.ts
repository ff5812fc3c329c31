/** The platform's folders for the data of a user's programs. */
import os from "node:os";
import path from "node:path";

/** `data`: must not be lost. `cache`: can be recreated. */
export type FolderKind = "data" | "cache";
/** Overrides for tests. */
export type UserPlace = { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv; home?: string };

const VARIABLE = { data: "XDG_DATA_HOME", cache: "XDG_CACHE_HOME" };
const LINUX = { data: [".local", "share"], cache: [".cache"] };
const MAC = { data: ["Library", "Application Support"], cache: ["Library", "Caches"] };

/**
 * The folder `nemotron-local/NAME`: below %LOCALAPPDATA% (not roaming: it holds gigabytes), below Application Support
 * or Caches, or below XDG_DATA_HOME or XDG_CACHE_HOME, which must be absolute (XDG Base Directory Specification).
 */
export function userFolder(
  kind: FolderKind,
  name: string,
  { platform = process.platform, env = process.env, home = os.homedir() }: UserPlace = {},
): string {
  const { join, isAbsolute } = platform === "win32" ? path.win32 : path.posix;
  const named = platform === "win32" ? env.LOCALAPPDATA : platform === "darwin" ? undefined : env[VARIABLE[kind]];
  const usual = platform === "win32" ? ["AppData", "Local"] : platform === "darwin" ? MAC[kind] : LINUX[kind];
  return join(named && isAbsolute(named) ? named : join(home, ...usual), "nemotron-local", name);
}
