/** Caches the hardware: probing the GPUs takes a process, so it is not done for every question. */
import type { GpuHardware } from "../engine/client/hardware.ts";
import { ram } from "../engine/modelFile/ram.ts";
import type { Backend, Hardware, LoadParams } from "../protocol.ts";
import { disk } from "./folder.ts";

/** How long a result is reused, ms. */
const FRESH_MS = 10_000;

export type ProbeGpus = (gpu: LoadParams["gpu"], exclude: Backend[]) => Promise<GpuHardware>;

export class HardwareProbe {
  private readonly probe: ProbeGpus;
  private readonly now: () => number;
  /** By the parameters of the question. */
  private readonly seen = new Map<string, { at: number; gpus: Promise<GpuHardware> }>();

  constructor(probe: ProbeGpus, now: () => number = () => performance.now()) {
    this.probe = probe;
    this.now = now;
  }

  /** @param folder the models folder. `refresh` probes again. Simultaneous callers share one probe. */
  async read(folder: string, { gpu = "auto", exclude = [], refresh = false }: HardwareQuery = {}): Promise<Hardware> {
    return { ...(await this.gpus(gpu, exclude, refresh)), ram: ram(), disk: await disk(folder) };
  }

  private gpus(gpu: LoadParams["gpu"], exclude: Backend[], refresh: boolean): Promise<GpuHardware> {
    const asked = [gpu, ...exclude].join();
    const known = this.seen.get(asked);
    if (known && !refresh && this.now() - known.at < FRESH_MS) return known.gpus;
    const entry = { at: this.now(), gpus: this.probe(gpu, exclude) };
    this.seen.set(asked, entry);
    return entry.gpus;
  }
}

/** `exclude`: backends that are known to fail. */
export type HardwareQuery = { gpu?: LoadParams["gpu"]; exclude?: Backend[]; refresh?: boolean };
