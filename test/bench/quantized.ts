/** Quantized matrices of random weights, made while they are written. The same each time. */
import type { StreamedTensor } from "../support/gguf.ts";
import { random } from "../support/otherModels.ts";

/** A format of blocks: a head that is the same for all, and behind it the weights' own bits. */
export type Quantization = {
  /** Its number in GGUF. */
  type: number;
  /** Weights of a block. */
  weights: number;
  /** Bytes of a block. */
  bytes: number;
  /** @param most the largest weight. */
  head(most: number): Buffer;
};

/** 8 bits: the scale, and 32 integers up to 127. */
export const Q8_0: Quantization = { type: 8, weights: 32, bytes: 34, head: (most) => halves(most / 127) };
/** 5 bits: the scale; 32 integers from 0 to 31, of which 16 is zero. */
export const Q5_0: Quantization = { type: 6, weights: 32, bytes: 22, head: (most) => halves(most / 16) };
/** 4 bits: two scales; eight pairs of small ones, which are all 1 here; 256 integers from 0 to 15, of which 7.5 is zero. */
export const Q4_K: Quantization = {
  type: 12,
  weights: 256,
  bytes: 144,
  head: (most) => Buffer.concat([halves(most / 7.5, most), Buffer.alloc(8, 0x01), Buffer.alloc(4, 0x11)]),
};

/** From here on the rows come again: large matrices take as long with them, and are written in a moment. */
const PIECE_BYTES = 4 * 1024 ** 2;

/**
 * Random integers, scaled so that a multiplication keeps the size.
 * @param isZero columns of zeros.
 */
export function matrix(
  name: string,
  [rows, columns]: [number, number],
  format = Q8_0,
  isZero?: (column: number) => boolean,
): StreamedTensor {
  const column = (rows / format.weights) * format.bytes;
  const perPiece = Math.min(columns, Math.ceil(PIECE_BYTES / column));
  return {
    name,
    dimensions: [rows, columns],
    type: format.type,
    bytes: column * columns,
    *pieces() {
      const piece = randomBlocks(format, column * perPiece, Math.sqrt(3 / rows), rows * 31 + columns);
      for (let at = 0; at < columns; at += perPiece) {
        const part = Buffer.from(piece.subarray(0, column * Math.min(perPiece, columns - at)));
        for (let i = 0; isZero && i < part.length / column; i++)
          if (isZero(at + i)) part.fill(0, i * column, (i + 1) * column);
        yield part;
      }
    },
  };
}

function randomBlocks(format: Quantization, bytes: number, most: number, seed: number): Buffer {
  const blocks = Buffer.alloc(bytes);
  const head = format.head(most);
  const next = random(seed);
  for (let at = 0; at < bytes; at += format.bytes) {
    head.copy(blocks, at);
    for (let i = head.length; i < format.bytes; i++) blocks[at + i] = next() * 128;
  }
  return blocks;
}

/** Small positive numbers in half precision: five bits of exponent, ten of fraction. */
function halves(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) {
    const exponent = Math.floor(Math.log2(value));
    bytes.writeUInt16LE(((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024), 2 * i);
  }
  return bytes;
}
