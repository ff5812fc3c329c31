/** Detecting NVIDIA cards, from what real machines report. */
import assert from "node:assert/strict";
import { cudaObstacle, detectNvidia, type System } from "../../../../server/engine/gpu/nvidia.ts";

type Recorded = {
  platform?: NodeJS.Platform;
  env?: System["env"];
  files?: Record<string, string>;
  folders?: Record<string, string[]>;
  /** The output of programs, by file. */
  programs?: Record<string, string>;
};

const machine = ({ platform = "linux", env = {}, files = {}, folders = {}, programs = {} }: Recorded): System => ({
  platform,
  env,
  readText: async (file) => files[file] ?? "",
  list: async (folder) => folders[folder] ?? [],
  run: async (file) => programs[file] ?? "",
});

const OPEN_MODULE = `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (dvs-builder@U22)
GCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)
`;
const CLOSED_MODULE = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024
GCC version:  gcc version 12.3.0
`;
const information = (model: string) =>
  `Model: \t\t ${model}\nIRQ:   \t\t 170\nGPU UUID: \t GPU-????????\nBus Type: \t PCIe\n`;
const linux = (driver: string, ...models: string[]): Recorded => ({
  files: {
    "/proc/driver/nvidia/version": driver,
    ...Object.fromEntries(
      models.map((model, index) => [`/proc/driver/nvidia/gpus/0000:0${index}:00.0/information`, information(model)]),
    ),
  },
  folders: { "/proc/driver/nvidia/gpus": models.map((_, index) => `0000:0${index}:00.0`) },
});
const cached = (...versions: number[]) => ({
  "/sbin/ldconfig": [
    "412 libs found in cache `/etc/ld.so.cache'",
    "\tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1",
    ...versions.flatMap((version) => [
      `\tlibcudart.so.${version} (libc6,x86-64) => /usr/local/cuda-${version}/lib64/libcudart.so.${version}`,
      `\tlibcublasLt.so.${version} (libc6,x86-64) => /usr/local/cuda-${version}/lib64/libcublasLt.so.${version}`,
      `\tlibcublas.so.${version} (libc6,x86-64) => /usr/local/cuda-${version}/lib64/libcublas.so.${version}`,
    ]),
  ].join("\n"),
});
const SMI = "C:\\Windows\\System32\\nvidia-smi.exe";

describe("NVIDIA's cards, driver and runtime", () => {
  const seen: [string, Recorded, object, RegExp | undefined][] = [
    ["no NVIDIA card", {}, { devices: [], runtimes: [] }, /No NVIDIA card/],
    [
      "two cards, a new driver, both runtimes",
      { ...linux(OPEN_MODULE, "NVIDIA GeForce RTX 4070", "NVIDIA RTX A2000"), programs: cached(12, 13) },
      { devices: ["NVIDIA GeForce RTX 4070", "NVIDIA RTX A2000"], driver: "580.95.05", runtimes: [13, 12] },
      undefined,
    ],
    [
      "no runtime",
      { ...linux(OPEN_MODULE, "NVIDIA GeForce RTX 4070"), programs: cached() },
      { devices: ["NVIDIA GeForce RTX 4070"], driver: "580.95.05", runtimes: [] },
      /CUDA runtime .* is not installed/,
    ],
    [
      "a driver that CUDA 12 runs on",
      { ...linux(CLOSED_MODULE, "Tesla T4"), programs: cached(12) },
      { devices: ["Tesla T4"], driver: "550.54.15", runtimes: [12] },
      undefined,
    ],
    [
      "a driver too old for the runtime",
      { ...linux(CLOSED_MODULE, "Tesla T4"), programs: cached(13) },
      { devices: ["Tesla T4"], driver: "550.54.15", runtimes: [13] },
      /550\.54\.15 is too old: CUDA 13 needs 580/,
    ],
    [
      "a driver too old for any runtime",
      { ...linux(CLOSED_MODULE.replace("550.54.15", "470.256.02"), "GeForce GTX 970"), programs: cached(12) },
      { devices: ["GeForce GTX 970"], driver: "470.256.02", runtimes: [12] },
      /470\.256\.02 is too old: CUDA 12 needs 525/,
    ],
    [
      "a runtime that only LD_LIBRARY_PATH leads to",
      {
        ...linux(OPEN_MODULE, "Tesla T4"),
        env: { LD_LIBRARY_PATH: ":/opt/cuda/lib64" },
        folders: {
          "/proc/driver/nvidia/gpus": ["0000:00:00.0"],
          "/opt/cuda/lib64": ["libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12"],
        },
      },
      { devices: ["Tesla T4"], driver: "580.95.05", runtimes: [12] },
      undefined,
    ],
    [
      "Linux inside Windows (WSL)",
      { programs: { "/usr/lib/wsl/lib/nvidia-smi": "566.36, NVIDIA GeForce RTX 3060\n", ...cached(12) } },
      { devices: ["NVIDIA GeForce RTX 3060"], driver: "566.36", runtimes: [12] },
      undefined,
    ],
    [
      "Windows with CUDA 13, whose libraries are in a subfolder",
      {
        platform: "win32",
        env: { SystemRoot: "C:\\Windows", CUDA_PATH: "C:\\CUDA\\v13.0", Path: "C:\\Windows;C:\\Tools" },
        programs: { [SMI]: "581.15, NVIDIA GeForce RTX 4070\r\n581.15, NVIDIA RTX A2000\r\n" },
        folders: { "C:\\CUDA\\v13.0\\bin\\x64": ["cudart64_13.dll", "cublas64_13.dll", "cublasLt64_13.dll"] },
      },
      { devices: ["NVIDIA GeForce RTX 4070", "NVIDIA RTX A2000"], driver: "581.15", runtimes: [13] },
      undefined,
    ],
    [
      "Windows with an nvidia-smi that fails",
      {
        platform: "win32",
        programs: { [SMI]: "NVIDIA-SMI has failed because it couldn't communicate with the driver.\r\n" },
      },
      { devices: [], runtimes: [] },
      /No NVIDIA card/,
    ],
    ["a Mac", { platform: "darwin", programs: cached(12) }, { devices: [], runtimes: [] }, /No NVIDIA card/],
  ];
  for (const [name, recorded, expected, obstacle] of seen)
    it(`are recognised: ${name}`, async () => {
      const nvidia = await detectNvidia(machine(recorded));
      assert.deepEqual(nvidia, expected);
      const said = cudaObstacle(nvidia);
      if (obstacle) assert.match(said!, obstacle);
      else assert.equal(said, undefined);
    });
});
