/**
 * Models of other dialects and architectures, made from the toy's file when a test needs them. They run, and write
 * nonsense.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { TOY } from "./client.ts";
import { f32, type Gguf, i32s, readGguf, string, type Tensor, u32, writeGguf } from "./gguf.ts";

/** Token types in GGUF: control tokens have no text, added ones are found in any text. */
export const TokenKind = { control: 3, added: 4 } as const;

export const toy = (): Gguf => readGguf(readFileSync(TOY));
export const write = (file: string, gguf: Gguf): void => writeFileSync(file, writeGguf(gguf));

export type Names = Record<number, string>;
/** New texts of the toy's tokens. It begins every turn except the system's with token 11, and ends its own with 12. */
export const NEMOTRON_3: Names = {
  3: "<think>",
  4: "</think>",
  5: "<tool_call>",
  6: "</tool_call>",
  11: "<|im_start|>",
  12: "<|im_end|>",
};
export const LLAMA: Names = {
  1: "<|begin_of_text|>",
  10: "<|start_header_id|>",
  11: "<|end_header_id|>",
  12: "<|eot_id|>",
};

/** Renames control tokens and replaces the template. `kinds`: types of tokens that change. */
export function speaking(gguf: Gguf, names: Names, template: string, kinds: Record<number, number> = {}): Gguf {
  const metadata = new Map(gguf.metadata).set("tokenizer.chat_template", string(template));
  const edit = (key: string, changes: Record<number, string | number>) => {
    const { value, ...rest } = metadata.get(key)!;
    const items = Array.isArray(value) ? value : [];
    metadata.set(key, { ...rest, value: items.map((item, i) => changes[i] ?? item) });
  };
  edit("tokenizer.ggml.tokens", names);
  edit("tokenizer.ggml.token_type", kinds);
  return { ...gguf, metadata };
}

/** The toy's first token made by a merge; merge n makes token n after it. */
const MERGED = 269;

/**
 * With another pre-tokenizer, and a vocabulary that joins these characters at random: pieces must not change the
 * result.
 */
export function pretokenizing(gguf: Gguf, pre: string, kinds: string[], seed = 1): Gguf {
  const metadata = new Map(gguf.metadata).set("tokenizer.ggml.pre", string(pre));
  const tokens = metadata.get("tokenizer.ggml.tokens")!.value as string[];
  const merges: string[] = [];
  const known = new Set(tokens.slice(0, MERGED));
  const merge = (left: string, right: string) => {
    if (known.has(left + right) || merges.length >= tokens.length - MERGED) return;
    known.add(left + right);
    merges.push(`${left} ${right}`);
  };
  const next = random(seed);
  const pick = <T>(items: T[]) => items[Math.floor(((next() + 1) / 2) * items.length)]!;
  const words = kinds.map((kind) =>
    [...kind].map((character) => {
      const bytes = [...Buffer.from(character)].map(byteText);
      bytes.reduce((left, right) => {
        merge(left, right);
        return left + right;
      });
      return bytes.join("");
    }),
  );
  while (merges.length < tokens.length - MERGED) {
    const of = pick(words);
    const [left, right] = [pick(of), pick(of)];
    if (left.length + right.length > 48) continue;
    merge(left, right);
    if (known.has(left + right)) of.push(left + right);
  }
  const made = merges.map((pair) => pair.replace(" ", ""));
  metadata.set("tokenizer.ggml.tokens", {
    ...metadata.get("tokenizer.ggml.tokens")!,
    value: [...tokens.slice(0, MERGED), ...made],
  });
  metadata.set("tokenizer.ggml.merges", { ...metadata.get("tokenizer.ggml.merges")!, value: merges });
  return { ...gguf, metadata };
}

/** How a vocabulary writes a byte: bytes that are not printable characters come after all others. */
function byteText(byte: number): string {
  const printable = (code: number) => (code > 32 && code < 127) || (code > 160 && code !== 173 && code < 256);
  if (printable(byte)) return String.fromCharCode(byte);
  const before = Array.from({ length: byte }, (_, code) => code).filter((code) => !printable(code)).length;
  return String.fromCharCode(256 + before);
}

const WIDTH = 32;
const HEAD = 16;
/** Type number of tensors in GGUF. */
export const F32 = 0;

/** Layers of a model without recurrent state: heads, KV heads, width of the MLP; 0 leaves a part out. */
export type Layer = { heads: number; kvHeads: number; mlp: number };

/** A model of attention and MLPs only, with random weights and the toy's vocabulary. */
export function attentionOnly(architecture: "llama" | "deci", layers: Layer[]): Gguf {
  const { metadata } = toy();
  const vocabulary = metadata.get("tokenizer.ggml.tokens")!.value;
  const words = Array.isArray(vocabulary) ? vocabulary.length : 0;
  const weights = random(1);
  const tensor = (name: string, ...dimensions: number[]): Tensor => {
    const length = dimensions.reduce((product, size) => product * size, 1);
    // Norms are near one, as in real models.
    const value = dimensions.length === 1 ? () => 1 : () => weights() * 0.5;
    return {
      name: `${name}.weight`,
      dimensions,
      type: F32,
      data: Buffer.from(Float32Array.from({ length }, value).buffer),
    };
  };
  const layerTensors = ({ heads, kvHeads, mlp }: Layer, i: number) => [
    ...(heads > 0 && kvHeads > 0
      ? [
          tensor(`blk.${i}.attn_norm`, WIDTH),
          tensor(`blk.${i}.attn_q`, WIDTH, heads * HEAD),
          tensor(`blk.${i}.attn_k`, WIDTH, kvHeads * HEAD),
          tensor(`blk.${i}.attn_v`, WIDTH, kvHeads * HEAD),
          tensor(`blk.${i}.attn_output`, heads * HEAD, WIDTH),
        ]
      : []),
    ...(mlp > 0
      ? [
          tensor(`blk.${i}.ffn_norm`, WIDTH),
          tensor(`blk.${i}.ffn_gate`, WIDTH, mlp),
          tensor(`blk.${i}.ffn_up`, WIDTH, mlp),
          tensor(`blk.${i}.ffn_down`, mlp, WIDTH),
        ]
      : []),
  ];
  const perLayer = (of: (layer: Layer) => number) =>
    architecture === "deci" ? i32s(layers.map(of)) : u32(of(layers[0]!));
  const key = (name: string) => `${architecture}.${name}`;
  const kept = [...metadata].filter(([name]) => name.startsWith("tokenizer."));
  return {
    metadata: new Map([
      ["general.architecture", string(architecture)],
      ["general.name", string("Llama Nemotron toy (for tests)")],
      [key("block_count"), u32(layers.length)],
      [key("context_length"), u32(4096)],
      [key("embedding_length"), u32(WIDTH)],
      [key("feed_forward_length"), perLayer(({ mlp }) => mlp)],
      [key("attention.head_count"), perLayer(({ heads }) => heads)],
      [key("attention.head_count_kv"), perLayer(({ kvHeads }) => kvHeads)],
      [key("attention.key_length"), u32(HEAD)],
      [key("attention.value_length"), u32(HEAD)],
      [key("attention.layer_norm_rms_epsilon"), f32(1e-5)],
      [key("rope.dimension_count"), u32(HEAD)],
      [key("rope.freq_base"), f32(500_000)],
      [key("vocab_size"), u32(words)],
      ...kept,
    ]),
    tensors: [
      tensor("token_embd", WIDTH, words),
      ...layers.flatMap(layerTensors),
      tensor("output_norm", WIDTH),
      tensor("output", WIDTH, words),
    ],
  };
}

/** Random numbers between -1 and 1, the same each time (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Not the published text, which no installed package has, but the marks by which it is recognised. */
export const LLAMA_NEMOTRON_15 = `{{- '<|begin_of_text|><|start_header_id|>system<|end_header_id|>' -}} {#- /think and /no_think -#}
{{- '<AVAILABLE_TOOLS>[' ~ '<TOOLCALL>[' ~ '<TOOL_RESPONSE>[' ~ '<think>\\n\\n</think>\\n\\n' ~ '<|eot_id|>' -}}`;

/** A Llama-Nemotron as llama.cpp's converter writes it, with a layer of each kind that NVIDIA's pruning leaves. */
export const llamaNemotronToy = (architecture: "llama" | "deci"): Gguf => {
  const whole = { heads: 4, kvHeads: 2, mlp: 64 };
  const layers = architecture === "llama" ? [whole, whole] : [whole, { heads: 0, kvHeads: 0, mlp: 32 }, whole];
  return speaking(attentionOnly(architecture, layers), LLAMA, LLAMA_NEMOTRON_15);
};
