/** The key of a state: a hash of all that the state depends on. A state is loaded only if its key is equal. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Backend, DialectId } from "../../protocol.ts";

/**
 * Raise this when prompts or the index's format change. Older states are then unused until the size limit removes them.
 */
const PROMPT_VERSION = 2;

/** The parts of a key. */
export type KeyParts = {
  /** See `fingerprint`. */
  model: string;
  backend: Backend;
  dialect: DialectId;
  /** Which of the contexts. llama.cpp does not load a state into a context of another shape. */
  context: "chat" | "edit";
  contextTokens: number;
  sequences: number;
  /** Versions of node-llama-cpp and llama.cpp, which define the format of a state. */
  versions: string[];
};

/** The name of the folder for states with this key. */
export const keyOf = (parts: KeyParts): string =>
  createHash("sha256")
    .update(JSON.stringify([PROMPT_VERSION, Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))]))
    .digest("hex")
    .slice(0, 32);

const MIB = 1024 ** 2;
const SAMPLES = 32;
const SAMPLE_BYTES = 64 * 1024;

/**
 * Distinguishes model files without reading gigabytes at each load. Hashes the size, the first and last MiB (names,
 * types of tensors, the last weights), and samples from the whole file, in which a fine-tuned model differs. Throws the
 * file system's error.
 */
export async function fingerprint(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const hash = createHash("sha256").update(`${size}:`);
    hash.update(await part(handle, 0, MIB)).update(await part(handle, Math.max(0, size - MIB), MIB));
    for (let i = 1; i < SAMPLES; i++) hash.update(await part(handle, Math.floor((size / SAMPLES) * i), SAMPLE_BYTES));
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}

async function part(handle: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, at);
  return buffer.subarray(0, bytesRead);
}
