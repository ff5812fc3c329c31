/** What a state belongs to: it is loaded only where all of this is the same. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Backend, DialectId } from "../../protocol.ts";

/** To be raised when prompts are laid out anew, or what an index holds is: older states then only wait to be thrown out. */
const PROMPT_VERSION = 1;

export type KeyParts = {
  /** See `fingerprint`. */
  model: string;
  backend: Backend;
  dialect: DialectId;
  /** Which of the contexts. llama.cpp does not load a state into a context of another form. */
  context: "chat" | "edit";
  contextTokens: number;
  sequences: number;
  /** Of node-llama-cpp and of llama.cpp, whose own the format of a state is. */
  versions: string[];
};

/** The name of the folder for states of this kind. */
export const keyOf = (parts: KeyParts): string =>
  createHash("sha256")
    .update(JSON.stringify([PROMPT_VERSION, Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))]))
    .digest("hex")
    .slice(0, 32);

const MIB = 1024 ** 2;
const SAMPLES = 32;
const SAMPLE_BYTES = 64 * 1024;

/**
 * Tells one model's file from another without reading gigabytes at each load: its size, its first and last MiB (names,
 * kinds of tensors, the last weights), and samples from all over it, in which a model that was trained further from the
 * same one differs. Throws what the file system says.
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
