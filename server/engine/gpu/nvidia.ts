/** Finds NVIDIA cards, their driver and the CUDA runtime on this machine, without loading or building anything. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { t } from "@vscode/l10n";
import type { Nvidia } from "../../protocol.ts";

/** Major versions of the runtime that the prebuilt binaries link, preferred one first. */
const RUNTIMES = [13, 12];
/**
 * The major version of the oldest driver for each runtime (NVIDIA's CUDA Toolkit release notes, "CUDA Toolkit and
 * Corresponding Driver Versions" and "Minor Version Compatibility").
 */
const OLDEST_DRIVER: Record<number, number> = { 13: 580, 12: 525 };
/** Time-out of nvidia-smi, ms. It wakes a sleeping card, which takes seconds. */
const TIMEOUT_MS = 10_000;

/** The parts of the machine that matter here. A missing file, folder or program gives an empty result. */
export type System = {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  readText(file: string): Promise<string>;
  list(folder: string): Promise<string[]>;
  /** The output of a program. */
  run(file: string, args: string[]): Promise<string>;
};

const empty = () => "";
export const thisSystem: System = {
  platform: process.platform,
  env: process.env,
  readText: (file) => readFile(file, "utf8").catch(empty),
  list: (folder) => readdir(folder).catch(() => []),
  run: (file, args) =>
    promisify(execFile)(file, args, { timeout: TIMEOUT_MS, windowsHide: true }).then(({ stdout }) => stdout, empty),
};

/** Finds nothing on platforms other than Linux and Windows. */
export async function detectNvidia(system: System = thisSystem): Promise<Nvidia> {
  if (system.platform !== "linux" && system.platform !== "win32") return { devices: [], runtimes: [] };
  const cards = (await fromKernel(system)) ?? (await fromTool(system)) ?? { devices: [] };
  return { ...cards, runtimes: await findRuntimes(system) };
}

/** Why CUDA does not work here, in a sentence; undefined when no obstacle is known. */
export function cudaObstacle({ devices, driver, runtimes }: Nvidia): string | undefined {
  if (devices.length === 0 && driver === undefined) return t("No NVIDIA card with a driver was found.");
  const runs = (runtime: number) => driver === undefined || Number.parseInt(driver, 10) >= OLDEST_DRIVER[runtime]!;
  if (!RUNTIMES.some(runs))
    return t("NVIDIA's driver {0} is too old: CUDA 12 needs {1} or newer.", driver!, OLDEST_DRIVER[12]!);
  if (runtimes.length === 0)
    return t("NVIDIA's CUDA runtime (the libraries cudart and cublas, of CUDA 12 or 13) is not installed.");
  if (!runtimes.some(runs))
    return t("NVIDIA's driver {0} is too old: CUDA 13 needs {1} or newer.", driver!, OLDEST_DRIVER[13]!);
  return undefined;
}

type Cards = Pick<Nvidia, "devices" | "driver">;

/** Linux: asks the driver's kernel module. */
async function fromKernel({ platform, readText, list }: System): Promise<Cards | undefined> {
  if (platform !== "linux") return undefined;
  const driver = /\b\d{3}\.\d+(\.\d+)?\b/.exec(await readText("/proc/driver/nvidia/version"))?.[0];
  if (!driver) return undefined;
  const gpus = "/proc/driver/nvidia/gpus";
  const texts = await Promise.all((await list(gpus)).map((gpu) => readText(`${gpus}/${gpu}/information`)));
  return { driver, devices: texts.flatMap((text) => /^Model:\s*(.+?)\s*$/m.exec(text)?.[1] ?? []) };
}

/** Windows, and Linux inside it (WSL), where the host has the driver. */
async function fromTool({ platform, env, run }: System): Promise<Cards | undefined> {
  const tool =
    platform === "win32"
      ? path.win32.join(env.SystemRoot ?? "C:\\Windows", "System32", "nvidia-smi.exe")
      : "/usr/lib/wsl/lib/nvidia-smi";
  const lines = (await run(tool, ["--query-gpu=driver_version,name", "--format=csv,noheader"])).split(/\r?\n/);
  const found = lines.flatMap((line) => /^(\d+[\d.]*), *(.+?)\s*$/.exec(line) ?? []);
  return found[1] === undefined
    ? undefined
    : { driver: found[1], devices: found.filter((_, index) => index % 3 === 2) };
}

async function findRuntimes(system: System): Promise<number[]> {
  const files = new Set(system.platform === "win32" ? await windowsLibraries(system) : await linuxLibraries(system));
  const names = (version: number) =>
    system.platform === "win32"
      ? [`cudart64_${version}.dll`, `cublas64_${version}.dll`]
      : [`libcudart.so.${version}`, `libcublas.so.${version}`];
  return RUNTIMES.filter((version) => names(version).every((name) => files.has(name)));
}

/** The libraries that the dynamic linker finds. */
async function linuxLibraries({ env, list, run }: System): Promise<string[]> {
  const folders = (env.LD_LIBRARY_PATH ?? "").split(":").filter(Boolean);
  const cached = await run("/sbin/ldconfig", ["-p"]);
  const names = [...cached.matchAll(/^\s*(\S+) \(/gm)].map(([, name]) => name!);
  return [...names, ...(await Promise.all(folders.map(list))).flat()];
}

async function windowsLibraries({ env, list }: System): Promise<string[]> {
  const toolkits = Object.entries(env).flatMap(([name, value]) => (/^CUDA_PATH/.test(name) && value ? [value] : []));
  // CUDA 13 keeps its libraries one folder deeper.
  const bins = toolkits.flatMap((folder) => [path.win32.join(folder, "bin"), path.win32.join(folder, "bin", "x64")]);
  const searched = (env.Path ?? env.PATH ?? "").split(";").filter(Boolean);
  return (await Promise.all([...bins, ...searched].map(list))).flat().map((name) => name.toLowerCase());
}
