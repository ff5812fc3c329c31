/** What was measured of reading, from one life of the engine to the next: a file beside the states. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { ReadingTimes } from "./chunks.ts";

const FILE = "reading-times.json";
/** Models and backends that are remembered; the latest are kept. */
const MOST = 32;
const format = z.record(z.string(), z.record(z.string(), z.number().positive()));

/**
 * By model and backend. A file that is missing or damaged costs some measurements, and nothing else.
 * @param folder of all states.
 * @param key names the model's file, the backend and how many threads compute.
 */
export function knownTimes(folder: string, key: string): ReadingTimes {
  return all(folder)[key] ?? {};
}

export function keepTimes(folder: string, key: string, times: ReadingTimes): void {
  const { [key]: _, ...others } = all(folder);
  const kept = Object.fromEntries([...Object.entries(others), [key, times]].slice(-MOST));
  try {
    writeFileSync(path.join(folder, FILE), JSON.stringify(kept), { mode: 0o600 });
  } catch {
    // A full disk: it is measured again.
  }
}

function all(folder: string): z.infer<typeof format> {
  try {
    return format.parse(JSON.parse(readFileSync(path.join(folder, FILE), "utf8")));
  } catch {
    return {};
  }
}
