/** The machine's RAM, bytes. */
import os from "node:os";
import type { Memory } from "../../protocol.ts";

/** Free RAM, bytes. In a container, the container's limit counts, if Node can tell it (20.13 and newer). */
export const freeRam = (): number => process.availableMemory?.() ?? os.freemem();

/** Total and free RAM, within a container's limit. */
export function ram(): Memory {
  // Zero, or more than the machine has, when nothing limits the process.
  const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  const total = Math.min(limit, os.totalmem());
  return { total, free: Math.min(freeRam(), total) };
}
