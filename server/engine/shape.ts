/** What a model needs of memory, from the metadata of its file. */
import type { GgufFileInfo } from "node-llama-cpp";
import type { ModelShape } from "./fit.ts";
import { attentionLayerBytes, computeBytes, mambaLayerBytes } from "./layerBytes.ts";

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
 * In a hybrid model (nemotron_h, and nemotron_h_moe, whose layers of experts count as MLP) a layer is Mamba2 when it has
 * neither KV heads nor an MLP. In others (llama; deci, where some layers have no attention) there is no such state. Layers
 * that predict further tokens, at the end, are not run.
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
    if (kvHeads > 0) kvBytesPerToken += attentionLayerBytes(kvHeads, key_length, value_length);
    else if (ssm && at(meta.feed_forward_length, layer) === 0)
      stateBytes += mambaLayerBytes({
        convKernel: ssm.conv_kernel,
        innerSize: ssm.inner_size,
        groupCount: ssm.group_count,
        stateSize: ssm.state_size,
      });
  }
  const vocabulary = info.metadata.tokenizer?.ggml?.tokens?.length ?? 0;
  return {
    weights,
    layers: meta.block_count + 1,
    stateBytes,
    kvBytesPerToken,
    computeBytesPerBatchToken: computeBytes(vocabulary, meta.embedding_length),
    // Every hybrid's file claims 2^20, whatever it was trained for.
    contextTokens: ssm ? undefined : meta.context_length,
  };
}

const at = (value: PerLayer, layer: number) => (typeof value === "number" ? value : (value[layer] ?? 0));
