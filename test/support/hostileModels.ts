/** Malicious model files: the toy's file with random changes from a seed. */
import { readFileSync } from "node:fs";
import { TOY } from "./client.ts";
import { type Gguf, readGguf, Type, type Value, writeGguf } from "./gguf.ts";

const U64 = 10;

/** Random integers from 0 up to, not including, a bound (mulberry32). The same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof randomOf>;
const oneOf = <T>(random: Random, items: readonly T[]): T => items[random(items.length)]!;

const COUNTS = [
  0n,
  1n,
  7n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 60n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const TEXTS = [
  "",
  "\u0000",
  "x".repeat(300_000),
  "__proto__",
  "constructor",
  "../../../../etc/passwd",
  "\u202etxet\u2066\n\r\u001b[2J[x](command:workbench.action.quit)",
  "{% for i in range(10**12) %}{{ messages }}{% endfor %}",
  "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}<SPECIAL_10><SPECIAL_11><think><TOOLCALL>",
  "{{".repeat(50_000),
];

/** The toy's file, changed by a seed. Two thirds have damaged bytes; the others are well-formed, but wrong. */
export function hostileModel(seed: number): Buffer {
  const random = randomOf(seed);
  const { bytes: original, header } = toyFile();
  const bytes = Buffer.from(original);
  switch (random(6)) {
    case 0:
      return bytes.subarray(0, random(random(2) === 0 ? header : bytes.length));
    case 1:
      for (let n = 1 + random(20); n > 0; n--) bytes[random(header)] = random(256);
      return bytes;
    case 2:
      bytes.writeBigUInt64LE(oneOf(random, COUNTS), random(header - 8));
      return bytes;
    case 3:
      // The counts of tensors and of values themselves.
      bytes.writeBigUInt64LE(oneOf(random, COUNTS), 8 + 8 * random(2));
      return bytes;
    case 4:
      return writeGguf(withValue(readGguf(bytes), random));
    default:
      return writeGguf(withTensor(readGguf(bytes), random));
  }
}

let known: { bytes: Buffer; header: number } | undefined;

/** `header`: bytes before the weights. */
function toyFile() {
  const bytes = known?.bytes ?? readFileSync(TOY);
  known ??= { bytes, header: bytes.length - readGguf(bytes).tensors.reduce((sum, { data }) => sum + data.length, 0) };
  return known;
}

/** Removes a value, or changes its type, or makes it far from right. */
function withValue({ metadata, tensors }: Gguf, random: Random): Gguf {
  const changed = new Map(metadata);
  for (let n = 1 + random(3); n > 0; n--) {
    const key = oneOf(random, [...changed.keys()]);
    const { type, of, value } = changed.get(key)!;
    if (random(5) === 0) changed.delete(key);
    else if (Array.isArray(value)) changed.set(key, { type, of, value: rearranged(value, random) });
    else changed.set(key, otherValue(type, random));
  }
  return { metadata: changed, tensors };
}

function rearranged<T>(items: T[], random: Random): T[] {
  const at = random(items.length);
  return oneOf(random, [[], items.slice(0, at), [...items, ...items], items.map(() => items[at]!)]);
}

function otherValue(type: number, random: Random): Value {
  const text: Value = { type: Type.string, value: oneOf(random, TEXTS) };
  const huge: Value = { type: U64, value: oneOf(random, COUNTS) };
  const negative: Value = { type: Type.i32, value: -1 - random(1000) };
  const odd: Value = { type: Type.f32, value: oneOf(random, [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5]) };
  const same: Value = type === Type.u32 ? { type, value: oneOf(random, [0, 1, 3, 4096, 2 ** 31, 2 ** 32 - 1]) } : text;
  return oneOf(random, [text, huge, negative, odd, same, same]);
}

/** Removes a tensor, or changes its shape or type, or makes its weights invalid. */
function withTensor({ metadata, tensors }: Gguf, random: Random): Gguf {
  const changed = [...tensors];
  const at = random(changed.length);
  const tensor = changed[at]!;
  const other = Number(oneOf(random, COUNTS) % 2n ** 53n);
  const spoiled = Buffer.from(tensor.data).fill(0xff);
  changed[at] = oneOf(random, [
    { ...tensor, dimensions: tensor.dimensions.map(() => other) },
    { ...tensor, dimensions: [...tensor.dimensions, ...tensor.dimensions, ...tensor.dimensions, 1, 1] },
    { ...tensor, dimensions: [] },
    { ...tensor, type: random(50) },
    { ...tensor, name: oneOf(random, [...TEXTS, oneOf(random, tensors).name]) },
    { ...tensor, data: spoiled },
  ]);
  if (random(6) === 0) changed.splice(at, 1);
  return { metadata, tensors: changed };
}
