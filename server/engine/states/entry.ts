/**
 * A state on disk: a folder with the file that llama.cpp wrote and an index of its content. The folder's name holds the
 * conversation's hash. One rename gives it this name when both files are complete. A temporary name is no state.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Token } from "node-llama-cpp";
import * as z from "zod";

const STATE = "state.bin";
const INDEX = "index.json";
/**
 * Maximum size of an index, bytes. The tokens of the longest context, once in the transcript and once in replies, take
 * less.
 */
const MAX_INDEX_BYTES = 8 * 1024 ** 2;
/** While the model works, each read waits for a step of it: both run in the same threads. */
const READ_BYTES = 16 * 1024 ** 2;

/** `prefix`: the beginning of many conversations. `owner` and `conversation` are hashes (origin.ts). */
export type StateMeta = {
  kind: "conversation" | "prefix";
  owner: string;
  conversation?: string;
  tokens: Token[];
  /** The tokens of the model's replies as generated: tokenizing their text again can give others. */
  replies: Token[][];
};

/** `sha256` and `bytes`: of the state file. */
export type Entry = StateMeta & { folder: string; bytes: number; sha256: string };

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const tokens = z.array(z.int().min(0));
const Index = z.strictObject({
  kind: z.enum(["conversation", "prefix"]),
  owner: hex(32),
  conversation: hex(32).optional(),
  tokens: tokens.min(1),
  replies: z.array(tokens),
  bytes: z.int().positive(),
  sha256: hex(64),
});
/** `check`: a hash of the index, which reveals a damaged one. */
const IndexFile = z.strictObject({ index: Index, check: hex(64) });

/** The file that llama.cpp writes, in an entry's folder. */
export const stateFile = (folder: string) => path.join(folder, STATE);
/** The index, in an entry's folder. */
export const indexFile = (folder: string) => path.join(folder, INDEX);

/** The name holds the conversation, so that deleting its states needs no reading of files. */
export const entryName = ({ conversation = "none" }: Pick<StateMeta, "conversation">) =>
  `${conversation}.${randomBytes(8).toString("hex")}`;
const ENTRY = /^(none|[0-9a-f]{32})\.[0-9a-f]{16}$/;

/** The conversation in an entry's name, `none` without one; undefined for any other name. */
export const conversationIn = (name: string): string | undefined => name.match(ENTRY)?.[1];

/** The name holds the process id, which tells leftovers of a killed process from a state that is being written. */
export const temporaryName = () => `tmp.${process.pid}.${randomBytes(8).toString("hex")}`;
const TEMPORARY = /^tmp\.(\d+)\.[0-9a-f]{16}$/;

/** The process id in a temporary name; undefined for any other name. */
export const processIn = (name: string): number | undefined => {
  const pid = name.match(TEMPORARY)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

/** Writes the index into a folder that has none. Throws the file system's error. */
export async function writeIndex(folder: string, { folder: _, ...index }: Entry): Promise<void> {
  const file = { index, check: checkOf(index) } satisfies z.input<typeof IndexFile>;
  await writeFile(indexFile(folder), JSON.stringify(file), { mode: 0o600, flag: "wx" });
}

/**
 * Reads an entry's index, and checks that the state file exists with the right length. Undefined for anything damaged,
 * hostile or incomplete. Never throws. Only `digest` verifies the state file's content.
 */
export async function readEntry(folder: string): Promise<Entry | undefined> {
  try {
    const found = await lstat(indexFile(folder));
    if (!found.isFile() || found.size > MAX_INDEX_BYTES) return undefined;
    const { index, check } = IndexFile.parse(JSON.parse(await readFile(indexFile(folder), "utf8")));
    if (check !== checkOf(index) || conversationIn(path.basename(folder)) !== (index.conversation ?? "none"))
      return undefined;
    const state = await lstat(stateFile(folder));
    if (!state.isFile() || state.size !== index.bytes) return undefined;
    // Token ids are plain numbers.
    return { ...index, tokens: index.tokens as Token[], replies: index.replies as Token[][], folder };
  } catch {
    return undefined;
  }
}

function checkOf(index: z.infer<typeof Index>): string {
  const parts = [index.kind, index.owner, index.conversation, index.tokens, index.replies, index.bytes, index.sha256];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The sha256 of a state file. Throws the signal's reason, or the file system's error. */
export async function digest(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}
