/** Where states are kept from one life of the engine to the next. */
import path from "node:path";
import { userFolder } from "../../files/userFolder.ts";

/** NEMOTRON_STATES_DIR, else the platform's folder for what a user's programs can do without. */
export function defaultStatesFolder(
  platform?: NodeJS.Platform,
  env: NodeJS.ProcessEnv = process.env,
  home?: string,
): string {
  if (env.NEMOTRON_STATES_DIR) return path.resolve(env.NEMOTRON_STATES_DIR);
  return userFolder("cache", "states", { platform, env, home });
}
