/** Caches the hardware: each probe of the GPUs starts a process. */
import type { GpuHardware } from "../engine/client/hardware.ts";
import { ram } from "../engine/modelFile/ram.ts";
import type { Backend, Hardware, LoadParams } from "../protocol.ts";
import { diskSpace } from "./folder.ts";

/** How long a result is reused, ms. */
const FRESH_MS = 10_000;

/** Probes the GPUs without the backends in `exclude`. */
export type ProbeGpus = (gpu: LoadParams["gpu"], exclude: Backend[]) => Promise<GpuHardware>;

export class HardwareProbe {
  private readonly probe: ProbeGpus;
  private readonly now: () => number;
  /** By the GPU setting and the excluded backends. */
  private readonly seen = new Map<string, { at: number; gpus: Promise<GpuHardware> }>();

  constructor(probe: ProbeGpus, now: () => number = () => performance.now()) {
    this.probe = probe;
    this.now = now;
  }

  /** Simultaneous callers share one probe; `refresh` probes again. @param folder the models folder. */
  async read(folder: string, { gpu = "auto", exclude = [], refresh = false }: HardwareQuery = {}): Promise<Hardware> {
    return { ...(await this.gpus(gpu, exclude, refresh)), ram: ram(), disk: await diskSpace(folder) };
  }

  private gpus(gpu: LoadParams["gpu"], exclude: Backend[], refresh: boolean): Promise<GpuHardware> {
    const key = [gpu, ...exclude].join();
    const known = this.seen.get(key);
    if (known && !refresh && this.now() - known.at < FRESH_MS) return known.gpus;
    const entry = { at: this.now(), gpus: this.probe(gpu, exclude) };
    this.seen.set(key, entry);
    return entry.gpus;
  }
}

/** `exclude`: backends that are known to fail. */
export type HardwareQuery = { gpu?: LoadParams["gpu"]; exclude?: Backend[]; refresh?: boolean };
