/**
 * Machines in the form of Hardware. Totals are what nvidia-smi, Metal (recommendedMaxWorkingSetSize) and Vulkan report
 * for such devices. Free memory is with a desktop and an editor running, except on the servers.
 */
import type { Backend, Hardware } from "../../../server/protocol.ts";

export const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const memory = (total: number, free: number, unit: number) => ({ total: total * unit, free: free * unit });

type Device = [name: string, totalMiB: number, freeMiB: number];

/** Devices in MiB. RAM, total and free, and free disk in GiB. */
export function machine(
  backend: Backend,
  devices: Device[],
  [ramGiB, freeGiB]: [number, number],
  unified = false,
  diskGiB = 400,
): Hardware {
  return {
    backend,
    gpus: devices.map(([name, total, free]) => ({ name, memory: memory(total, free, MiB) })),
    unified,
    ram: memory(ramGiB, freeGiB, GiB),
    disk: memory(1000, diskGiB, GiB),
  };
}

export const PROFILES = {
  "6 GB": machine("cuda", [["NVIDIA GeForce RTX 2060", 6144, 5420]], [15.6, 9.8]),
  "8 GB": machine("vulkan", [["NVIDIA GeForce RTX 4060", 8188, 7330]], [31.2, 22.4]),
  "12 GB": machine("cuda", [["NVIDIA GeForce RTX 3060", 12_288, 11_260]], [31.2, 21.8]),
  "16 GB": machine("vulkan", [["AMD Radeon RX 7800 XT (RADV NAVI32)", 16_368, 15_010]], [31.1, 22]),
  "22 GB": machine("cuda", [["NVIDIA A10G", 23_028, 22_700]], [62, 58]),
  "24 GB": machine("cuda", [["NVIDIA GeForce RTX 4090", 24_564, 23_560]], [62.6, 48]),
  "48 GB": machine("cuda", [["NVIDIA RTX A6000", 49_140, 48_530]], [125, 118]),
  "two 12 GB": machine(
    "cuda",
    [
      ["NVIDIA GeForce RTX 3060", 12_288, 11_260],
      ["NVIDIA GeForce RTX 3060", 12_288, 12_020],
    ],
    [62.6, 50],
  ),
  "two 16 GB": machine(
    "cuda",
    [
      ["NVIDIA GeForce RTX 4080", 16_376, 15_300],
      ["NVIDIA GeForce RTX 4060 Ti", 16_380, 16_080],
    ],
    [62.6, 50],
  ),
  integrated: machine("vulkan", [["Intel(R) Iris(R) Xe Graphics (TGL GT2)", 11_800, 10_600]], [15.4, 9.1], true),
  "integrated, 64 GB of RAM": machine(
    "vulkan",
    [["AMD Radeon 780M Graphics (RADV PHOENIX)", 31_700, 31_000]],
    [62, 49],
    true,
  ),
  "Mac with 8 GB": machine("metal", [["Apple M1", 5461, 5461]], [8, 4.6], true),
  "Mac with 16 GB": machine("metal", [["Apple M2", 10_922, 10_922]], [16, 9.6], true),
  "Mac with 64 GB": machine("metal", [["Apple M1 Max", 49_152, 49_152]], [64, 46], true),
  "no GPU": machine("cpu", [], [15.6, 10.2]),
  "no GPU, 64 GB of RAM": machine("cpu", [], [62.6, 54]),
  "no GPU, 4 GB of RAM": machine("cpu", [], [3.8, 2.1]),
} satisfies Record<string, Hardware>;
export type Profile = keyof typeof PROFILES;
