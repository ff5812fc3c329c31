/** What a model needs of memory, from the metadata of its file. */
import type { GgufFileInfo } from "node-llama-cpp";
import type { ModelShape } from "./fit.ts";

/** A number for all layers, or one for each. */
type PerLayer = number | number[];

type Metadata = {
  block_count: number;
  context_length?: number;
  embedding_length: number;
  feed_forward_length: PerLayer;
  attention: { head_count: PerLayer; head_count_kv?: PerLayer; key_length?: number; value_length?: number };
  ssm?: { conv_kernel: number; state_size: number; group_count: number; inner_size: number };
  nextn_predict_layers?: number;
};

/**
 * Sizes as llama.cpp computes them. An attention layer keeps f16 keys and values. In a hybrid model (nemotron_h, and
 * nemotron_h_moe, whose layers of experts count as MLP) a layer is Mamba2 when it has neither KV heads nor an MLP, and keeps
 * (conv_kernel - 1) rows of its channels and inner_size x state_size numbers, all f32. In others (llama; deci, where some
 * layers have no attention) there is no such state. Layers that predict further tokens, at the end, are not run.
 */
export function shapeOf(info: GgufFileInfo, weights: number): ModelShape {
  const meta = info.architectureMetadata as Metadata;
  const { attention, ssm } = meta;
  const { head_count_kv = attention.head_count } = attention;
  const headLength = meta.embedding_length / Math.max(...[attention.head_count].flat());
  const { key_length = headLength, value_length = headLength } = attention;
  let stateBytes = 0;
  let kvBytesPerToken = 0;
  for (let layer = 0; layer < meta.block_count - (meta.nextn_predict_layers ?? 0); layer++) {
    const kvHeads = at(head_count_kv, layer);
    if (kvHeads > 0) kvBytesPerToken += kvHeads * (key_length + value_length) * 2;
    else if (ssm && at(meta.feed_forward_length, layer) === 0) {
      const channels = ssm.inner_size + 2 * ssm.group_count * ssm.state_size;
      stateBytes += ((ssm.conv_kernel - 1) * channels + ssm.inner_size * ssm.state_size) * 4;
    }
  }
  const vocabulary = info.metadata.tokenizer?.ggml?.tokens?.length ?? 0;
  return {
    weights,
    layers: meta.block_count + 1,
    stateBytes,
    kvBytesPerToken,
    // Logits of a batch, and some sixteen activations of the model's width beside them.
    computeBytesPerBatchToken: 4 * (vocabulary + 16 * meta.embedding_length),
    // Every hybrid's file claims 2^20, whatever it was trained for.
    contextTokens: ssm ? undefined : meta.context_length,
  };
}

const at = (value: PerLayer, layer: number) => (typeof value === "number" ? value : (value[layer] ?? 0));
