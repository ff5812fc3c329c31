/** Measures how much RAM the engine's processes use, as the system counts it. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Supervisor } from "../../engine/client/supervisor.ts";

/** How often to measure while a model is loaded, ms. */
const EVERY_MS = 10_000;
/** A smaller relative change is not reported. */
const SHARE = 0.02;

export class MemoryMonitor {
  /** RAM of the host and the engine process; undefined if unknown. */
  bytes: number | undefined;
  private readonly supervisor: Supervisor;
  private readonly onChange: () => void;

  constructor(supervisor: Supervisor, onChange: () => void) {
    this.supervisor = supervisor;
    this.onChange = onChange;
    supervisor.onStatus(({ type }) => type === "ready" && this.bytes === undefined && void this.measure());
    supervisor.onStatus(({ type }) => {
      if (type !== "ready" && type !== "busy") this.bytes = undefined;
    });
    setInterval(() => void this.measure(), EVERY_MS).unref();
  }

  private async measure(): Promise<void> {
    const { enginePid } = this.supervisor;
    if (enginePid === undefined) return;
    const bytes = await residentBytes([process.pid, enginePid]);
    if (bytes === undefined || Math.abs(bytes - (this.bytes ?? 0)) < SHARE * bytes) return;
    this.bytes = bytes;
    this.onChange();
  }
}

/** The RAM of several processes together. Undefined on Windows, where no tool for it is always installed. */
async function residentBytes(pids: number[]): Promise<number | undefined> {
  if (process.platform === "win32") return undefined;
  const sizes = await Promise.all(pids.map(process.platform === "linux" ? inProc : fromPs));
  const sum = sizes.reduce((total, kib) => total + kib, 0);
  return sum > 0 ? sum * 1024 : undefined;
}

/** KiB, from proc(5): a small system may have no `ps`. */
async function inProc(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(text.match(/^VmRSS:\s*(\d+) kB$/m)?.[1] ?? 0);
}

/** KiB, as POSIX defines `rss`. */
async function fromPs(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", `${pid}`]).catch(() => ({ stdout: "" }));
  return Number(stdout) || 0;
}
