/** Keeps measured reading times between runs of the engine process, in a file beside the states. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { ReadingTimes } from "./chunks.ts";

const FILE = "reading-times.json";
/** Maximum number of keys to keep; the one that was saved longest ago is dropped. */
const MAX_KEYS = 32;
const format = z.record(z.string(), z.record(z.string(), z.number().positive()));

/**
 * The times of an earlier process. Empty if the file is missing or damaged, which costs only some measurements.
 * @param folder the folder of all states.
 * @param key stands for the model's file, the backend and the number of threads.
 */
export function loadTimes(folder: string, key: string): ReadingTimes {
  return all(folder)[key] ?? {};
}

/** Never throws: times that could not be saved are measured again. */
export function saveTimes(folder: string, key: string, times: ReadingTimes): void {
  const { [key]: _, ...others } = all(folder);
  const kept = Object.fromEntries([...Object.entries(others), [key, times]].slice(-MAX_KEYS));
  try {
    writeFileSync(path.join(folder, FILE), JSON.stringify(kept), { mode: 0o600 });
  } catch {
    // For example, the disk is full.
  }
}

function all(folder: string): z.infer<typeof format> {
  try {
    return format.parse(JSON.parse(readFileSync(path.join(folder, FILE), "utf8")));
  } catch {
    return {};
  }
}
