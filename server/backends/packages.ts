/** The npm packages of each backend, by platform. Data. */
import type { InstallableBackend } from "../protocol.ts";

/**
 * `downloadBytes`, `diskBytes`: sizes of the archive and its content in node-llama-cpp 3.22.1 (Windows: 3.21.1). They
 * are estimates until the registry gives the sizes.
 */
export type BinaryPackage = { name: string; downloadBytes: number; diskBytes: number };

/**
 * Names have no scope; it is @node-llama-cpp. The first package is the backend itself. CUDA's first package needs
 * CUDA 13, its second one runs with CUDA 12.
 */
const PACKAGES: Record<string, Partial<Record<InstallableBackend, BinaryPackage[]>>> = {
  "linux-x64": {
    cuda: [
      { name: "linux-x64-cuda", downloadBytes: 142_898_030, diskBytes: 189_400_000 },
      { name: "linux-x64-cuda-ext", downloadBytes: 176_664_119, diskBytes: 374_500_000 },
    ],
    vulkan: [{ name: "linux-x64-vulkan", downloadBytes: 24_311_427, diskBytes: 74_000_000 }],
  },
  "win32-x64": {
    cuda: [
      { name: "win-x64-cuda", downloadBytes: 138_542_727, diskBytes: 180_000_000 },
      { name: "win-x64-cuda-ext", downloadBytes: 175_417_684, diskBytes: 368_000_000 },
    ],
    vulkan: [{ name: "win-x64-vulkan", downloadBytes: 26_619_567, diskBytes: 74_000_000 }],
  },
};

/** Empty if there are none for the platform, for example `linux-x64`. */
export function packagesOf(backend: InstallableBackend, platform: string): BinaryPackage[] {
  return PACKAGES[platform]?.[backend] ?? [];
}

/** The total size, bytes. */
export const totalBytes = (packages: BinaryPackage[], key: "downloadBytes" | "diskBytes") =>
  packages.reduce((total, one) => total + one[key], 0);
