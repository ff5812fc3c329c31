/** Where states are kept from one life of the engine to the next. */
import os from "node:os";
import path from "node:path";

/**
 * NEMOTRON_STATES_DIR, else the platform's folder for what a user's programs can do without: %LOCALAPPDATA%, Caches, or
 * $XDG_CACHE_HOME, which has to be absolute (XDG Base Directory Specification).
 */
export function defaultStatesFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = os.homedir(),
): string {
  const { join, isAbsolute, resolve } = platform === "win32" ? path.win32 : path.posix;
  if (env.NEMOTRON_STATES_DIR) return resolve(env.NEMOTRON_STATES_DIR);
  const named = platform === "win32" ? env.LOCALAPPDATA : platform === "darwin" ? undefined : env.XDG_CACHE_HOME;
  const usual = { win32: ["AppData", "Local"], darwin: ["Library", "Caches"], other: [".cache"] }[
    platform === "win32" || platform === "darwin" ? platform : "other"
  ];
  return join(named && isAbsolute(named) ? named : join(home, ...usual), "nemotron-local", "states");
}
