/** What GPUs llama.cpp sees: asked in an engine process of its own, because a driver may take the process with it. */
import type { Backend } from "../protocol.ts";
import { type BackendChoice, openBackend } from "./load.ts";

/** Of all devices together, bytes; the library tells no more. */
export type GpuReport = { backend: Backend; names: string[]; total: number; free: number; unified: boolean };

/**
 * Loads the backend, no model. `onBackend` is told which, before its devices are asked.
 * Throws EngineError loadFailed where a backend is asked for that is not there.
 */
export async function probe(choice: BackendChoice, onBackend: (backend: Backend) => void): Promise<GpuReport> {
  const llama = await openBackend(choice, () => {});
  const backend = llama.gpu === false ? "cpu" : llama.gpu;
  onBackend(backend);
  if (llama.gpu === false) return { backend, names: [], total: 0, free: 0, unified: false };
  const names = await llama.getGpuDeviceNames();
  const { total, free, unifiedSize } = await llama.getVramState();
  return { backend, names, total, free, unified: total > 0 && unifiedSize >= total };
}
