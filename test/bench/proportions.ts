/**
 * A model in the proportions of NVIDIA-Nemotron-Nano-9B-v2 (hidden 4480; 27 Mamba2, 25 MLP and 4 attention layers), an
 * eighth as wide, with random weights and the toy's vocabulary. The parts of a token take the same shares of time as in
 * the 9B. In the toy they do not, because all its weights are read in a moment. The model writes nonsense.
 */
import { writeFileSync } from "node:fs";
import { type Tensor, u32, writeGguf } from "../support/gguf.ts";
import { F32, random, toy } from "../support/otherModels.ts";

/** Multiples of 32, which Q8_0 blocks require. */
const WIDTH = 576;
const MLP = 2016;
const HEADS = 16;
const HEAD = 80;
const STATE = 128;
const CONV = 4;
const INNER = HEADS * HEAD;
const CONVOLVED = INNER + 2 * STATE;
/**
 * One attention layer instead of four, a sixteenth as wide: its cost falls with the square of the width, like
 * everything else.
 */
const QUERY_HEADS = 5;
const ATTENTION_HEAD = 64;

const LAYERS = `${"M-".repeat(13)}*${"M-".repeat(12)}MM`;

const Q8_0 = 8;
const BLOCK = 32;
/** The scale as a half-precision number (two bytes), and 32 integers. */
const BLOCK_BYTES = 34;

/** Writes the model: some 130 MB. */
export function writeProportioned(file: string): void {
  const { metadata, tensors } = toy();
  const vocabulary = tensors.find(({ name }) => name === "token_embd.weight")!.dimensions[1]!;
  const layers = [...LAYERS];
  const perLayer = (kind: string, value: number) => layers.map((layer) => (layer === kind ? value : 0));
  const changes: Record<string, number | number[]> = {
    block_count: layers.length,
    embedding_length: WIDTH,
    feed_forward_length: perLayer("-", MLP),
    "attention.head_count": QUERY_HEADS,
    "attention.head_count_kv": perLayer("*", 1),
    "attention.key_length": ATTENTION_HEAD,
    "attention.value_length": ATTENTION_HEAD,
    "ssm.conv_kernel": CONV,
    "ssm.state_size": STATE,
    "ssm.group_count": 1,
    "ssm.inner_size": INNER,
    "ssm.time_step_rank": HEADS,
  };
  for (const [name, value] of Object.entries(changes)) {
    const key = `nemotron_h.${name}`;
    metadata.set(key, Array.isArray(value) ? { ...metadata.get(key)!, value } : u32(value));
  }
  const all = [
    matrix("token_embd.weight", WIDTH, vocabulary),
    vector("output_norm.weight", 1, WIDTH),
    matrix("output.weight", WIDTH, vocabulary),
    ...layers.flatMap((kind, i) => [vector(`blk.${i}.attn_norm.weight`, 1, WIDTH), ...layer(kind, `blk.${i}`)]),
  ];
  writeFileSync(file, writeGguf({ metadata, tensors: all }));
}

function layer(kind: string, at: string): Tensor[] {
  switch (kind) {
    case "-":
      return [matrix(`${at}.ffn_up.weight`, WIDTH, MLP), matrix(`${at}.ffn_down.weight`, MLP, WIDTH)];
    case "*":
      return [
        matrix(`${at}.attn_q.weight`, WIDTH, QUERY_HEADS * ATTENTION_HEAD),
        matrix(`${at}.attn_k.weight`, WIDTH, ATTENTION_HEAD),
        matrix(`${at}.attn_v.weight`, WIDTH, ATTENTION_HEAD),
        matrix(`${at}.attn_output.weight`, QUERY_HEADS * ATTENTION_HEAD, WIDTH),
      ];
    default:
      return [
        matrix(`${at}.ssm_in.weight`, WIDTH, 2 * INNER + 2 * STATE + HEADS),
        vector(`${at}.ssm_conv1d.weight`, 1 / CONV, CONV, CONVOLVED),
        vector(`${at}.ssm_conv1d.bias`, 0, CONVOLVED),
        vector(`${at}.ssm_dt.bias`, -2, HEADS),
        vector(`${at}.ssm_a`, -1, 1, HEADS),
        vector(`${at}.ssm_d`, 1, 1, HEADS),
        vector(`${at}.ssm_norm.weight`, 1, INNER, 1),
        matrix(`${at}.ssm_out.weight`, INNER, WIDTH),
      ];
  }
}

const sizeOf = (dimensions: number[]) => dimensions.reduce((product, size) => product * size, 1);

function vector(name: string, value: number, ...dimensions: number[]): Tensor {
  const data = Buffer.from(new Float32Array(sizeOf(dimensions)).fill(value).buffer);
  return { name, dimensions, type: F32, data };
}

/** Random integers, scaled so that a multiplication keeps the size. The same each time. */
function matrix(name: string, rows: number, columns: number): Tensor {
  const data = Buffer.alloc(((rows * columns) / BLOCK) * BLOCK_BYTES);
  const scale = half(Math.sqrt(3 / rows) / 127);
  const weights = random(rows * 31 + columns);
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    data.writeUInt16LE(scale, at);
    for (let i = 2; i < BLOCK_BYTES; i++) data[at + i] = weights() * 127;
  }
  return { name, dimensions: [rows, columns], type: Q8_0, data };
}

/** A small positive number in half precision: five bits of exponent, ten of fraction. */
function half(value: number): number {
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}
