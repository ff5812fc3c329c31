/** How much RAM the machine can still give to programs, including memory of its file cache. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Bytes. `total`: the machine's RAM, or the container's limit. */
export type AvailableMemory = { available: number; total: number };

/** Time-out of the system's tools, ms. */
const TIMEOUT_MS = 10_000;

/** Undefined if the system does not say. */
export async function availableMemory(): Promise<AvailableMemory | undefined> {
  if (process.platform === "linux") return linuxMemory();
  // Windows counts its standby memory as free.
  if (process.platform === "win32") return { available: os.freemem(), total: os.totalmem() };
  if (process.platform !== "darwin") return undefined;
  const running = promisify(execFile)("memory_pressure", ["-Q"], { timeout: TIMEOUT_MS });
  return darwinMemory((await running.catch(() => ({ stdout: "" }))).stdout, os.totalmem());
}

/**
 * The least of what the machine and the control groups of this process have available. Sources: proc_meminfo(5), and
 * cgroup v2, where a group's usage includes the file cache, whose inactive part can be reclaimed.
 * @param root the folder that holds proc and sys.
 */
export async function linuxMemory(root = "/"): Promise<AvailableMemory | undefined> {
  const read = (...names: string[]) => readFile(path.join(root, ...names), "latin1").catch(() => "");
  const field = (text: string, name: RegExp) => Number(text.match(name)?.[1] ?? Number.NaN);
  const meminfo = await read("proc/meminfo");
  const machine = {
    available: field(meminfo, /^MemAvailable:\s*(\d+) kB$/m) * 1024,
    total: field(meminfo, /^MemTotal:\s*(\d+) kB$/m) * 1024,
  };
  const found = [machine];
  let group = (await read("proc/self/cgroup")).match(/^0::(\/.*)$/m)?.[1] ?? "/";
  for (;;) {
    const folder = path.join("sys/fs/cgroup", group);
    const total = Number((await read(folder, "memory.max")).trim() || Number.NaN);
    if (total < machine.total) {
      const used = Number(await read(folder, "memory.current"));
      const cached = field(await read(folder, "memory.stat"), /^inactive_file (\d+)$/m) || 0;
      found.push({ available: Math.max(0, total - used + cached), total });
    }
    if (group === "/") break;
    group = path.dirname(group);
  }
  const known = found.filter(({ available, total }) => available >= 0 && total > 0);
  return known.sort((a, b) => a.available - b.available)[0];
}

/**
 * Reads the output of memory_pressure(1) with -Q, which is the kernel's own measure. Node's os.freemem() is too low: it
 * leaves out inactive memory, which is most of what macOS can give.
 */
export function darwinMemory(printed: string, total: number): AvailableMemory | undefined {
  const percent = printed.match(/free percentage:\s*(\d+)\s*%/)?.[1];
  return percent === undefined ? undefined : { available: (Number(percent) / 100) * total, total };
}
