/** Whether the loaded model satisfies another client's request. The caller compares the files. Pure. */
import type { LocalLoad } from "../../protocol.ts";

/** More context than requested is fine, and so is everything that was not requested. */
export function isCompatible(loaded: LocalLoad, wanted: LocalLoad): boolean {
  const { contextTokens, gpu = "auto", gpuLayers, threads } = wanted;
  if (contextTokens !== undefined && (loaded.contextTokens ?? Number.POSITIVE_INFINITY) < contextTokens) return false;
  if (gpu !== "auto" && gpu !== loaded.gpu) return false;
  return (gpuLayers ?? loaded.gpuLayers) === loaded.gpuLayers && (threads ?? loaded.threads) === loaded.threads;
}

export const isSame = (a: LocalLoad, b: LocalLoad): boolean =>
  (["contextTokens", "gpu", "gpuLayers", "threads", "idleStateBytes"] as const).every((key) => a[key] === b[key]);
