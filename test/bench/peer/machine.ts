/** The machine that was measured on. */
import { readFileSync } from "node:fs";
import os from "node:os";

/** Threads of one core share its arithmetic, so more threads than cores only wait for each other. */
export function physicalCores(): number {
  const processors = readFileSync("/proc/cpuinfo", "utf8").split("\n\n");
  const value = (text: string, name: string) => new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(text)?.[1];
  const cores = processors.map((text) => [value(text, "physical id"), value(text, "core id")]);
  const known = cores.filter(([, core]) => core !== undefined);
  return known.length > 0 ? new Set(known.map(String)).size : os.availableParallelism();
}

export function machine(): string {
  const gib = Math.round(os.totalmem() / 1024 ** 3);
  return `${os.cpus()[0]?.model ?? os.machine()}, ${physicalCores()} cores, ${gib} GiB, no GPU; Node ${process.version}`;
}
