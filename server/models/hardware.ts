/** The hardware as it was seen last: looking at the GPUs costs a process, so that it is not done for every question. */
import type { GpuHardware } from "../engine/hardware.ts";
import { ram } from "../engine/ram.ts";
import type { Backend, Hardware, LoadParams } from "../protocol.ts";
import { disk } from "./folder.ts";

/** Who asks again within so many ms is told what was seen. */
const FRESH_MS = 10_000;

export type ProbeGpus = (gpu: LoadParams["gpu"], exclude: Backend[]) => Promise<GpuHardware>;

export class HardwareProbe {
  private readonly probe: ProbeGpus;
  private readonly now: () => number;
  /** By what was asked. */
  private readonly seen = new Map<string, { at: number; gpus: Promise<GpuHardware> }>();

  constructor(probe: ProbeGpus, now: () => number = () => performance.now()) {
    this.probe = probe;
    this.now = now;
  }

  /** @param folder that models are kept in. `refresh` looks at once; several who ask at the same time share one look. */
  async read(folder: string, { gpu = "auto", exclude = [], refresh = false }: Look = {}): Promise<Hardware> {
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
export type Look = { gpu?: LoadParams["gpu"]; exclude?: Backend[]; refresh?: boolean };
