/** Lists the GPUs that llama.cpp sees. Runs in an engine process of its own, because a driver can crash the process. */
import type { GpuReport } from "../wire.ts";
import { type OpenOptions, openBackend } from "./openBackend.ts";

/** Opens a backend without loading a model. Throws EngineError loadFailed if the requested backend is missing. */
export async function probe(options: Omit<OpenOptions, "onError">): Promise<GpuReport> {
  const { llama, backend, failures } = await openBackend({ ...options, onError: () => {} });
  if (backend === "cpu") return { backend, names: [], total: 0, free: 0, unified: false, failures };
  const names = await llama.getGpuDeviceNames();
  const { total, free, unifiedSize } = await llama.getVramState();
  return { backend, names, total, free, unified: total > 0 && unifiedSize >= total, failures };
}
