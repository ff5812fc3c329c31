/** What GPUs llama.cpp sees: asked in an engine process of its own, because a driver may take the process with it. */
import type { Backend, BackendFailure } from "../protocol.ts";
import { type OpenOptions, openBackend } from "./openBackend.ts";

/** Memory of all devices together, bytes: the library tells no more. */
export type GpuReport = {
  backend: Backend;
  names: string[];
  total: number;
  free: number;
  unified: boolean;
  failures: BackendFailure[];
};

/** Loads a backend, no model. Throws EngineError loadFailed where the one that is asked for is not there. */
export async function probe(options: Omit<OpenOptions, "onError">): Promise<GpuReport> {
  const { llama, backend, failures } = await openBackend({ ...options, onError: () => {} });
  if (backend === "cpu") return { backend, names: [], total: 0, free: 0, unified: false, failures };
  const names = await llama.getGpuDeviceNames();
  const { total, free, unifiedSize } = await llama.getVramState();
  return { backend, names, total, free, unified: total > 0 && unifiedSize >= total, failures };
}
