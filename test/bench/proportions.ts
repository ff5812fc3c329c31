/**
 * Models in the proportions of NVIDIA-Nemotron-Nano-9B-v2 with random weights, and the toy's words and template. The
 * parts of a token take the same shares of time as in the 9B. In the toy they do not, because all its weights are read
 * in a moment. They write nonsense: words without end, so a limit alone decides how long a reply is.
 */
import { type StreamedTensor, streamGguf, u32, type Value } from "../support/gguf.ts";
import { F32, toy } from "../support/otherModels.ts";
import { matrix, Q4_K, Q5_0, Q8_0, type Quantization } from "./quantized.ts";
import { isWord } from "./words.ts";

type Proportions = {
  layers: string;
  width: number;
  mlp: number;
  heads: number;
  groups: number;
  queryHeads: number;
  kvHeads: number;
  attentionHead: number;
  /** Entries of the vocabulary; left out: the toy's. */
  vocabulary?: number;
  /** Of a matrix with this name, in this layer; left out: Q8_0. */
  format?: (name: string, layer: number) => Quantization;
};

const HEAD = 80;
const STATE = 128;
const CONV = 4;

/** An eighth as wide: some 130 MB. All sizes are multiples of 32, which Q8_0 blocks require. */
export const EIGHTH: Proportions = {
  layers: `${"M-".repeat(13)}*${"M-".repeat(12)}MM`,
  width: 576,
  mlp: 2016,
  heads: 16,
  groups: 1,
  // One attention layer instead of four, a sixteenth as wide: its cost falls with the square of the width, like
  // everything else.
  queryHeads: 5,
  kvHeads: 1,
  attentionHead: 64,
};

/** The true shape: 27 Mamba2, 25 MLP and 4 attention layers, some 6.5 GB. */
export const NINE_B: Proportions = {
  layers: "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-",
  width: 4480,
  mlp: 15_680,
  heads: 128,
  groups: 8,
  queryHeads: 40,
  kvHeads: 8,
  attentionHead: 128,
  vocabulary: 131_072,
  format: q4KM,
};

/**
 * As llama.cpp quantizes the 9B to Q4_K_M: most of its sizes are no multiples of 256, so what would be Q4_K becomes Q5_0,
 * and what would be Q6_K (the output, and half of the MLPs' second matrices) Q8_0.
 */
function q4KM(name: string, layer: number): Quantization {
  if (name === "ssm_out" || name === "attn_output") return Q4_K;
  return name === "output" || (name === "ffn_down" && layer % 4 < 2) ? Q8_0 : Q5_0;
}

/** The bytes of its weights, which are nearly all of the file. */
export const bytesOf = (proportions: Proportions): number =>
  tensorsOf(proportions, toyTokens()).reduce((sum, { bytes }) => sum + bytes, 0);

export function writeProportioned(file: string, proportions = EIGHTH): void {
  const { metadata } = toy();
  const { layers, width, mlp, heads, groups, queryHeads, kvHeads, attentionHead } = proportions;
  const perLayer = (kind: string, value: number) => [...layers].map((layer) => (layer === kind ? value : 0));
  const tokens = toyTokens();
  const more = Math.max(0, (proportions.vocabulary ?? 0) - tokens.length);
  const changes: Record<string, number | number[]> = {
    block_count: layers.length,
    vocab_size: tokens.length + more,
    embedding_length: width,
    feed_forward_length: perLayer("-", mlp),
    "attention.head_count": queryHeads,
    "attention.head_count_kv": perLayer("*", kvHeads),
    "attention.key_length": attentionHead,
    "attention.value_length": attentionHead,
    "ssm.conv_kernel": CONV,
    "ssm.state_size": STATE,
    "ssm.group_count": groups,
    "ssm.inner_size": heads * HEAD,
    "ssm.time_step_rank": heads,
  };
  for (const [name, value] of Object.entries(changes)) {
    const key = `nemotron_h.${name}`;
    metadata.set(key, Array.isArray(value) ? { ...metadata.get(key)!, value } : u32(value));
  }
  extend(metadata, "tokenizer.ggml.tokens", (i) => `<unused${i}>`, more);
  extend(metadata, "tokenizer.ggml.token_type", () => NORMAL, more);
  streamGguf(file, metadata, tensorsOf(proportions, tokens));
}

/** A grammar has to look at each word of this type. No text becomes one of the added words: no merge makes them. */
const NORMAL = 1;

function toyTokens(): string[] {
  return toy().metadata.get("tokenizer.ggml.tokens")!.value as string[];
}

function extend(metadata: Map<string, Value>, key: string, item: (i: number) => string | number, more: number): void {
  const { value, ...rest } = metadata.get(key)!;
  const items = value as (string | number)[];
  const added = Array.from({ length: more }, (_, i) => item(i));
  metadata.set(key, { ...rest, value: [...items, ...added] });
}

function tensorsOf(proportions: Proportions, tokens: string[]): StreamedTensor[] {
  const { layers, width, vocabulary = tokens.length, format = () => Q8_0 } = proportions;
  // Zero is never the best of many, so all that is not a word is never said: nothing ends a thought or a turn.
  const isUnsaid = (token: number) => !isWord(tokens[token] ?? "");
  return [
    matrix("token_embd.weight", [width, vocabulary], format("token_embd", 0)),
    vector("output_norm.weight", 1, width),
    matrix("output.weight", [width, vocabulary], format("output", 0), isUnsaid),
    ...[...layers].flatMap((kind, i) => [
      vector(`blk.${i}.attn_norm.weight`, 1, width),
      ...layerOf(proportions, kind, i),
    ]),
  ];
}

function layerOf(proportions: Proportions, kind: string, i: number): StreamedTensor[] {
  const { width, mlp, heads, groups, queryHeads, kvHeads, attentionHead, format = () => Q8_0 } = proportions;
  const at = `blk.${i}`;
  const weights = (name: string, ...size: [number, number]) => matrix(`${at}.${name}.weight`, size, format(name, i));
  const inner = heads * HEAD;
  const convolved = inner + 2 * groups * STATE;
  switch (kind) {
    case "-":
      return [weights("ffn_up", width, mlp), weights("ffn_down", mlp, width)];
    case "*":
      return [
        weights("attn_q", width, queryHeads * attentionHead),
        weights("attn_k", width, kvHeads * attentionHead),
        weights("attn_v", width, kvHeads * attentionHead),
        weights("attn_output", queryHeads * attentionHead, width),
      ];
    default:
      return [
        weights("ssm_in", width, inner + convolved + heads),
        vector(`${at}.ssm_conv1d.weight`, 1 / CONV, CONV, convolved),
        vector(`${at}.ssm_conv1d.bias`, 0, convolved),
        vector(`${at}.ssm_dt.bias`, -2, heads),
        vector(`${at}.ssm_a`, -1, 1, heads),
        vector(`${at}.ssm_d`, 1, 1, heads),
        vector(`${at}.ssm_norm.weight`, 1, inner / groups, groups),
        weights("ssm_out", inner, width),
      ];
  }
}

function vector(name: string, value: number, ...dimensions: number[]): StreamedTensor {
  const length = dimensions.reduce((product, size) => product * size, 1);
  const data = Buffer.from(new Float32Array(length).fill(value).buffer);
  return { name, dimensions, type: F32, bytes: data.length, pieces: () => [data] };
}
