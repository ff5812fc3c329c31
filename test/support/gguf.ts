/** Reads and writes GGUF files for the tests' models: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, v3. */
import { closeSync, openSync, writeSync } from "node:fs";

/** Types of values, as the format numbers them. */
export const Type = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const SCALARS: Record<number, [bytes: number, read: string, write: string]> = {
  0: [1, "readUInt8", "writeUInt8"],
  1: [1, "readInt8", "writeInt8"],
  2: [2, "readUInt16LE", "writeUInt16LE"],
  3: [2, "readInt16LE", "writeInt16LE"],
  4: [4, "readUInt32LE", "writeUInt32LE"],
  5: [4, "readInt32LE", "writeInt32LE"],
  6: [4, "readFloatLE", "writeFloatLE"],
  7: [1, "readUInt8", "writeUInt8"],
  10: [8, "readBigUInt64LE", "writeBigUInt64LE"],
  11: [8, "readBigInt64LE", "writeBigInt64LE"],
  12: [8, "readDoubleLE", "writeDoubleLE"],
};

type Scalar = string | number | bigint;
/** `of`: the type of an array's items. */
export type Value = { type: number; of?: number; value: Scalar | Scalar[] };
type Kind = { name: string; dimensions: number[]; type: number };
export type Tensor = Kind & { data: Buffer };
export type Gguf = { metadata: Map<string, Value>; tensors: Tensor[] };
/** A tensor that is made while it is written, for files that are larger than the memory. */
export type StreamedTensor = Kind & { bytes: number; pieces(): Iterable<Buffer> };

const ALIGNMENT = 32;
const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const padded = (part: Buffer) => Buffer.concat([part, Buffer.alloc(aligned(part.length) - part.length)]);

export const u32 = (value: number): Value => ({ type: Type.u32, value });
export const f32 = (value: number): Value => ({ type: Type.f32, value });
export const string = (value: string): Value => ({ type: Type.string, value });
export const i32s = (value: number[]): Value => ({ type: Type.array, of: Type.i32, value });

/** Reads a whole file. Only the types of values above are known. */
export function readGguf(bytes: Buffer): Gguf {
  let at = 8;
  const scalar = (type: number): Scalar => {
    if (type === Type.string) {
      const length = Number(scalar(10));
      at += length;
      return bytes.toString("utf8", at - length, at);
    }
    const [size, read] = SCALARS[type]!;
    at += size;
    return (bytes[read as "readUInt8"] as (offset: number) => Scalar).call(bytes, at - size);
  };
  const value = (): Value => {
    const type = Number(scalar(Type.u32));
    if (type !== Type.array) return { type, value: scalar(type) };
    const of = Number(scalar(Type.u32));
    return { type, of, value: Array.from({ length: Number(scalar(10)) }, () => scalar(of)) };
  };
  const [tensorCount, valueCount] = [Number(scalar(10)), Number(scalar(10))];
  const metadata = new Map(Array.from({ length: valueCount }, () => [String(scalar(Type.string)), value()] as const));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = String(scalar(Type.string));
    const dimensions = Array.from({ length: Number(scalar(Type.u32)) }, () => Number(scalar(10)));
    return { name, dimensions, type: Number(scalar(Type.u32)), offset: Number(scalar(10)) };
  });
  const data = bytes.subarray(aligned(at));
  const ends = [...infos.map(({ offset }) => offset), data.length].sort((a, b) => a - b);
  const tensors = infos.map(({ offset, ...info }) => {
    const end = ends.find((other) => other > offset) ?? data.length;
    return { ...info, data: data.subarray(offset, end) };
  });
  return { metadata, tensors };
}

export function writeGguf({ metadata, tensors }: Gguf): Buffer {
  const kinds = tensors.map(({ data, ...kind }) => ({ ...kind, bytes: data.length }));
  return Buffer.concat([headerOf(metadata, kinds), ...tensors.map(({ data }) => padded(data))]);
}

export function streamGguf(file: string, metadata: Gguf["metadata"], tensors: StreamedTensor[]): void {
  const handle = openSync(file, "w");
  try {
    writeSync(handle, headerOf(metadata, tensors));
    for (const { bytes, pieces } of tensors) {
      for (const piece of pieces()) writeSync(handle, piece);
      writeSync(handle, Buffer.alloc(aligned(bytes) - bytes));
    }
  } finally {
    closeSync(handle);
  }
}

/** Everything before the tensors' data. */
function headerOf(metadata: Gguf["metadata"], tensors: (Kind & { bytes: number })[]): Buffer {
  const parts: Buffer[] = [Buffer.from("GGUF")];
  const scalar = (type: number, value: Scalar) => {
    if (type === Type.string) {
      const text = Buffer.from(String(value));
      scalar(10, text.length);
      parts.push(text);
      return;
    }
    const [size, , write] = SCALARS[type]!;
    const part = Buffer.alloc(size);
    const given = size === 8 && type !== 12 ? BigInt(value) : value;
    (part[write as "writeUInt8"] as (value: Scalar) => number).call(part, given);
    parts.push(part);
  };
  scalar(Type.u32, 3);
  scalar(10, tensors.length);
  scalar(10, metadata.size);
  for (const [key, { type, of, value }] of metadata) {
    scalar(Type.string, key);
    scalar(Type.u32, type);
    if (!Array.isArray(value)) scalar(type, value);
    else {
      scalar(Type.u32, of!);
      scalar(10, value.length);
      for (const item of value) scalar(of!, item);
    }
  }
  let offset = 0;
  for (const { name, dimensions, type, bytes } of tensors) {
    scalar(Type.string, name);
    scalar(Type.u32, dimensions.length);
    for (const dimension of dimensions) scalar(10, dimension);
    scalar(Type.u32, type);
    scalar(10, offset);
    offset += aligned(bytes);
  }
  return padded(Buffer.concat(parts));
}
