/** The machine's RAM, bytes. */
import os from "node:os";
import type { Memory } from "../protocol.ts";

/** What a container may have, where Node can tell (20.13 and newer). */
export const freeRam = (): number => process.availableMemory?.() ?? os.freemem();

export function ram(): Memory {
  // Zero, or more than there is, where nothing limits the process.
  const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  const total = Math.min(limit, os.totalmem());
  return { total, free: Math.min(freeRam(), total) };
}
