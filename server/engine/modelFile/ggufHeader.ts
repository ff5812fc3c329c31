/**
 * Reads the header of a GGUF file. No file can make it take more memory or time than its header's size: the library's
 * own reader trusts the counts and lengths that a file claims. Format:
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3.
 */
import { type FileHandle, open } from "node:fs/promises";

/** `metadata`: values by full key. Of arrays, only the vocabulary and short arrays of numbers are included. */
export type GgufHeader = {
  metadata: ReadonlyMap<string, GgufValue>;
  /** Offset of the last tensor in the file, bytes; 0 without tensors. */
  lastTensor: number;
};
/** Integers become numbers, and lose precision above 2^53. */
export type GgufValue = string | number | boolean | readonly string[] | readonly number[];

/** Maximum size of a header, bytes. Headers of Nemotron files have up to 12 MiB, mostly vocabulary. */
const MAX_HEADER_BYTES = 64 * 1024 ** 2;
const FIRST_READ_BYTES = 1024 ** 2;
/** Limits against hostile files. Nemotron files have up to 70 values and up to 131,072 tokens. */
const MAX_VALUES = 10_000;
const MAX_TOKENS = 1024 ** 2;
/** Shorter arrays of numbers have one for each layer. Longer ones describe tokens and are skipped. */
const MAX_NUMBERS = 4096;
/** Limits of ggml (GGML_MAX_DIMS, GGML_MAX_NAME) and of the format. */
const MAX_DIMENSIONS = 4;
const MAX_KEY_BYTES = 65_535;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 ** 2;

/** Size of a value by type number, bytes; for strings and arrays the minimum. */
const WIDTHS: Record<number, number> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  8: 8,
  9: 12,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;
/** The key of the array with the texts of all tokens. */
export const VOCABULARY_KEY = "tokenizer.ggml.tokens";

/** Throws an Error if the file is not GGUF, is damaged, or has a header that no model has. */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (let length = FIRST_READ_BYTES; ; length *= 4) {
      const bytes = await beginning(handle, Math.min(length, size, MAX_HEADER_BYTES));
      try {
        return new HeaderReader(bytes).header();
      } catch (error) {
        // Read more, unless this was the whole file or the largest header.
        if (!(error instanceof RangeError) || bytes.length < length) throw error;
      }
    }
  } finally {
    await handle.close();
  }
}

async function beginning(handle: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** Throws RangeError when more bytes could help, and Error when they could not. */
class HeaderReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  header(): GgufHeader {
    if (this.take(4).toString("latin1") !== "GGUF") throw new Error("no GGUF");
    const version = this.uint32();
    if (version !== 2 && version !== 3) throw new Error(`version ${version}`);
    const tensors = this.count();
    const values = this.count();
    if (values > MAX_VALUES) throw new Error(`${values} values`);
    const metadata = new Map<string, GgufValue>();
    for (let i = 0; i < values; i++) this.entry(metadata);
    let last: number | undefined;
    for (let i = 0; i < tensors; i++) last = Math.max(last ?? 0, this.tensorOffset());
    return { metadata, lastTensor: last === undefined ? 0 : aligned(this.at, metadata) + last };
  }

  private entry(metadata: Map<string, GgufValue>): void {
    const key = this.text(MAX_KEY_BYTES);
    // node-llama-cpp makes nested objects of the parts of a key.
    if (key.split(".").includes("__proto__")) throw new Error("a key that is none");
    const value = this.value(this.uint32(), key);
    if (value !== undefined) metadata.set(key, value);
  }

  /** Undefined for an array that is skipped. */
  private value(type: number, key: string): GgufValue | undefined {
    if (type === STRING) return this.text();
    return type === ARRAY ? this.array(key) : this.scalar(type);
  }

  private array(key: string): readonly string[] | readonly number[] | undefined {
    const type = this.uint32();
    const width = type === ARRAY ? undefined : WIDTHS[type];
    if (width === undefined) throw new Error(`an array of the type ${type}`);
    const length = this.count();
    if (length * width > this.bytes.length - this.at) throw new RangeError("an array that does not end");
    if (key === VOCABULARY_KEY && type === STRING && length <= MAX_TOKENS)
      return Array.from({ length }, () => this.text());
    if (type === STRING) {
      for (let i = 0; i < length; i++) this.take(this.count());
      return undefined;
    }
    if (length <= MAX_NUMBERS) return Array.from({ length }, () => Number(this.scalar(type)));
    this.at += length * width;
    return undefined;
  }

  private scalar(type: number): number | boolean {
    const { bytes } = this;
    const width = WIDTHS[type];
    if (width === undefined || type === STRING || type === ARRAY) throw new Error(`a value of the type ${type}`);
    const at = this.at;
    this.take(width);
    switch (type) {
      case 1:
        return bytes.readInt8(at);
      case 3:
        return bytes.readInt16LE(at);
      case 5:
        return bytes.readInt32LE(at);
      case 6:
        return bytes.readFloatLE(at);
      case 7:
        return bytes[at] === 1;
      case 10:
        return Number(bytes.readBigUInt64LE(at));
      case 11:
        return Number(bytes.readBigInt64LE(at));
      case 12:
        return bytes.readDoubleLE(at);
      default:
        return bytes.readUIntLE(at, width);
    }
  }

  private tensorOffset(): number {
    this.text(MAX_KEY_BYTES);
    const dimensions = this.uint32();
    if (dimensions > MAX_DIMENSIONS) throw new Error(`${dimensions} dimensions`);
    this.take(8 * dimensions + 4);
    return this.count();
  }

  private text(longest = MAX_HEADER_BYTES): string {
    const length = this.count();
    if (length > longest) throw new Error("a text that is too long");
    return this.take(length).toString("utf8");
  }

  /** A count that JavaScript can represent exactly. */
  private count(): number {
    const value = Number(this.take(8).readBigUInt64LE());
    if (!Number.isSafeInteger(value)) throw new Error("a count that is none");
    return value;
  }

  private uint32(): number {
    return this.take(4).readUInt32LE();
  }

  private take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new RangeError("the header does not end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function aligned(at: number, metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== "number" || !Number.isInteger(alignment) || alignment < 1 || alignment > MAX_ALIGNMENT)
    throw new Error("an alignment that is none");
  return Math.ceil(at / alignment) * alignment;
}
