/** The folders that each platform has for what a user's programs keep. */
import os from "node:os";
import path from "node:path";

/** `data`: what would be missed. `cache`: what can be done without. */
export type FolderKind = "data" | "cache";
/** Which platform it is, for tests. */
export type UserPlace = { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv; home?: string };

const VARIABLE = { data: "XDG_DATA_HOME", cache: "XDG_CACHE_HOME" };
const LINUX = { data: [".local", "share"], cache: [".cache"] };
const MAC = { data: ["Library", "Application Support"], cache: ["Library", "Caches"] };

/**
 * Ours of that name: below %LOCALAPPDATA% (not roaming: gigabytes), Application Support or Caches, or what XDG_DATA_HOME
 * and XDG_CACHE_HOME say, which have to be absolute (XDG Base Directory Specification).
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
