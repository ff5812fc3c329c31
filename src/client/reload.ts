/** Whether changed settings need a model to be loaded. Pure. */
import type { LoadParams } from "../../server/protocol.ts";

/** The settings of a local model. */
export const LOCAL_SETTINGS = ["model", "contextTokens", "gpu", "gpuLayers", "threads"] as const;

/** Whether both name the same model with the same settings. A remote engine's key does not count. */
export function sameLoad(a: LoadParams, b: LoadParams): boolean {
  if (a.remote?.baseUrl !== b.remote?.baseUrl || a.remote?.model !== b.remote?.model) return false;
  return LOCAL_SETTINGS.every((key) => a[key] === b[key]);
}

/** The load that was requested, and the one that the settings name. */
export type Loaded = {
  /** What the server was asked for last. */
  asked?: LoadParams;
  /** What the settings name now. */
  wanted?: LoadParams;
  /** The user has unloaded the model. */
  unloaded: boolean;
};

/** Whether the model has to be loaded, replaced or unloaded. */
export function reloads({ asked, wanted, unloaded }: Loaded): boolean {
  // An unloaded model stays unloaded, whatever its settings.
  if (unloaded) return false;
  if (!asked || !wanted) return asked !== wanted;
  return !sameLoad(asked, wanted);
}
