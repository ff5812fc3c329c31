/**
 * A state on disk: a folder, named by its conversation, with the file that llama.cpp wrote and an index of what is in it.
 * It gets its name when both are whole, by one rename; whatever else lies there is rubbish.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Token } from "node-llama-cpp";
import { z } from "zod";

const STATE = "state.bin";
const INDEX = "index.json";
/** Tokens of the longest context, once in the transcript and once in replies, take less. */
const MOST_INDEX_BYTES = 8 * 1024 ** 2;
const READ_BYTES = 1024 ** 2;

/** `prefix`: what many conversations begin with. `owner` and `conversation` are hashes (whose.ts). */
export type StateMeta = {
  kind: "conversation" | "prefix";
  owner: string;
  conversation?: string;
  tokens: Token[];
  /** The model's own tokens of what it said: tokenizing the texts again may give others. */
  said: Token[][];
};

/** `sha256` and `bytes`: of the state's file. */
export type Entry = StateMeta & { folder: string; bytes: number; sha256: string };

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const tokens = z.array(z.int().min(0));
const Index = z.strictObject({
  kind: z.enum(["conversation", "prefix"]),
  owner: hex(32),
  conversation: hex(32).optional(),
  tokens: tokens.min(1),
  said: z.array(tokens),
  bytes: z.int().positive(),
  sha256: hex(64),
});
/** `check`: of the index itself, which tells a damaged one. */
const IndexFile = z.strictObject({ index: Index, check: hex(64) });

export const stateFile = (folder: string) => path.join(folder, STATE);
export const indexFile = (folder: string) => path.join(folder, INDEX);

/** Its conversation is in the name, so that a deleted one's states are found without reading anything. */
export const entryName = ({ conversation = "none" }: Pick<StateMeta, "conversation">) =>
  `${conversation}.${randomBytes(8).toString("hex")}`;
const ENTRY = /^(none|[0-9a-f]{32})\.[0-9a-f]{16}$/;

/** The conversation of an entry's name, `none` where it has none; undefined for the name of anything else. */
export const conversationIn = (name: string): string | undefined => name.match(ENTRY)?.[1];

/** Its process is in the name, so that what a killed one left can be told from what is being written. */
export const temporaryName = () => `tmp.${process.pid}.${randomBytes(8).toString("hex")}`;
const TEMPORARY = /^tmp\.(\d+)\.[0-9a-f]{16}$/;

/** The process of a temporary name; undefined for the name of anything else. */
export const processIn = (name: string): number | undefined => {
  const pid = name.match(TEMPORARY)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

export async function writeIndex(folder: string, { folder: _, ...index }: Entry): Promise<void> {
  const file = { index, check: checkOf(index) } satisfies z.input<typeof IndexFile>;
  await writeFile(indexFile(folder), JSON.stringify(file), { mode: 0o600, flag: "wx" });
}

/**
 * What an entry's index says; the state's file is there and has its length. Undefined for anything damaged, hostile or
 * incomplete. Never throws. Only `digest` tells whether the state's file is whole.
 */
export async function readEntry(folder: string): Promise<Entry | undefined> {
  try {
    const found = await lstat(indexFile(folder));
    if (!found.isFile() || found.size > MOST_INDEX_BYTES) return undefined;
    const { index, check } = IndexFile.parse(JSON.parse(await readFile(indexFile(folder), "utf8")));
    if (check !== checkOf(index) || conversationIn(path.basename(folder)) !== (index.conversation ?? "none"))
      return undefined;
    const state = await lstat(stateFile(folder));
    if (!state.isFile() || state.size !== index.bytes) return undefined;
    // What a vocabulary numbers its tokens with is nothing but numbers.
    return { ...index, tokens: index.tokens as Token[], said: index.said as Token[][], folder };
  } catch {
    return undefined;
  }
}

function checkOf(index: z.infer<typeof Index>): string {
  const parts = [index.kind, index.owner, index.conversation, index.tokens, index.said, index.bytes, index.sha256];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The sha256 of a state's file. Throws the signal's reason, or what the file system says. */
export async function digest(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}
