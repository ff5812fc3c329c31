/** Whether the loaded model satisfies the load of another client. The caller compares the model files. */
import type { LocalLoad } from "../../protocol.ts";

/** More context than requested is compatible, and any value where nothing was requested. */
export function isCompatible(loaded: LocalLoad, wanted: LocalLoad): boolean {
  const { contextTokens, gpu = "auto", gpuLayers, threads } = wanted;
  if (contextTokens !== undefined && (loaded.contextTokens ?? Number.POSITIVE_INFINITY) < contextTokens) return false;
  if (gpu !== "auto" && gpu !== loaded.gpu) return false;
  return (gpuLayers ?? loaded.gpuLayers) === loaded.gpuLayers && (threads ?? loaded.threads) === loaded.threads;
}

/** Whether all options of two loads are equal. */
export const isSame = (a: LocalLoad, b: LocalLoad): boolean =>
  (["contextTokens", "gpu", "gpuLayers", "threads", "idleStateBytes"] as const).every((key) => a[key] === b[key]);
