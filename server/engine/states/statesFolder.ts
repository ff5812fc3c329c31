/** Where states are saved between engine processes. */
import path from "node:path";
import { userFolder } from "../../files/userFolder.ts";

/** NEMOTRON_STATES_DIR, or the platform's cache folder. */
export function defaultStatesFolder(
  platform?: NodeJS.Platform,
  env: NodeJS.ProcessEnv = process.env,
  home?: string,
): string {
  if (env.NEMOTRON_STATES_DIR) return path.resolve(env.NEMOTRON_STATES_DIR);
  return userFolder("cache", "states", { platform, env, home });
}
