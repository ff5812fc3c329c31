/** How much RAM the machine could still give, what it would take back from its file cache included. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Bytes. `total`: of the machine, or what a container may have. */
export type MemoryLeft = { available: number; total: number };

/** How long to wait for what tells, ms. */
const TIMEOUT_MS = 10_000;

/** Undefined where the system does not say. */
export async function memoryLeft(): Promise<MemoryLeft | undefined> {
  if (process.platform === "linux") return linuxMemoryLeft();
  // Windows counts what it keeps on standby as free.
  if (process.platform === "win32") return { available: os.freemem(), total: os.totalmem() };
  if (process.platform !== "darwin") return undefined;
  const asked = promisify(execFile)("memory_pressure", ["-Q"], { timeout: TIMEOUT_MS });
  return darwinMemoryLeft((await asked.catch(() => ({ stdout: "" }))).stdout, os.totalmem());
}

/**
 * The tightest of the machine and the control groups that this process is in. proc_meminfo(5); cgroup v2: what a group uses
 * counts the file cache, of which the inactive part is taken back before anything is refused.
 * @param root where /proc and /sys are.
 */
export async function linuxMemoryLeft(root = "/"): Promise<MemoryLeft | undefined> {
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
 * What memory_pressure(1) prints with -Q: the kernel's own measure. Node's os.freemem() is of no use there: it leaves out
 * all that is inactive, and most of what macOS could give is.
 */
export function darwinMemoryLeft(printed: string, total: number): MemoryLeft | undefined {
  const percent = printed.match(/free percentage:\s*(\d+)\s*%/)?.[1];
  return percent === undefined ? undefined : { available: (Number(percent) / 100) * total, total };
}
