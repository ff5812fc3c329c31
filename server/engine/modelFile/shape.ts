/** The memory needs of a model, from the metadata of its file. */
import * as z from "zod";
import type { ModelShape } from "./fit.ts";
import type { GgufHeader } from "./ggufHeader.ts";
import { attentionLayerBytes, computeBytes, mambaLayerBytes } from "./layerBytes.ts";

/** Upper limit for counts, far above real ones: loops up to it end soon, and products stay exact. */
const count = z
  .int()
  .min(0)
  .max(2 ** 24);
/** One number for all layers, or one for each layer. */
const perLayer = z.union([count, z.array(count)]);
type PerLayer = z.infer<typeof perLayer>;

/** The keys that llama.cpp's converter writes below the architecture's name. */
const architecture = z.object({
  block_count: z.int().min(1).max(4096),
  context_length: count.optional(),
  embedding_length: count.min(1),
  feed_forward_length: perLayer.optional(),
  attention: z.object({
    head_count: perLayer,
    head_count_kv: perLayer.optional(),
    key_length: count.optional(),
    value_length: count.optional(),
  }),
  ssm: z.object({ conv_kernel: count, state_size: count, group_count: count, inner_size: count }).optional(),
  nextn_predict_layers: count.optional(),
});
/** The metadata that the memory needs are computed from. */
export type Architecture = z.infer<typeof architecture>;

/** @param name the architecture. Throws a ZodError if the values are not those of a model. */
export function architectureOf({ metadata }: GgufHeader, name: string): Architecture {
  const below = (prefix: string) =>
    Object.fromEntries(
      [...metadata].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
    );
  const ssm = below(`${name}.ssm.`);
  return architecture.parse({
    ...below(`${name}.`),
    attention: below(`${name}.attention.`),
    ssm: Object.keys(ssm).length > 0 ? ssm : undefined,
  });
}

/**
 * The memory needs of a model.
 *
 * In a hybrid model (nemotron_h and nemotron_h_moe), a layer is Mamba2 if it has neither KV heads nor an MLP; layers
 * of experts count as MLP. Other models (llama; deci, where some layers have no attention) have no such state. Layers
 * for multi-token prediction at the end do not run.
 * @param vocabulary number of tokens.
 * @param weights size of the file, bytes.
 */
export function shapeOf(meta: Architecture, vocabulary: number, weights: number): ModelShape {
  const { attention, ssm, feed_forward_length = 0 } = meta;
  const { head_count_kv = attention.head_count } = attention;
  const headLength = meta.embedding_length / Math.max(1, ...[attention.head_count].flat());
  const { key_length = headLength, value_length = headLength } = attention;
  let stateBytes = 0;
  let kvBytesPerToken = 0;
  for (let layer = 0; layer < meta.block_count - (meta.nextn_predict_layers ?? 0); layer++) {
    const kvHeads = at(head_count_kv, layer);
    if (kvHeads > 0) kvBytesPerToken += attentionLayerBytes(kvHeads, key_length, value_length);
    else if (ssm && at(feed_forward_length, layer) === 0)
      stateBytes += mambaLayerBytes({
        convKernel: ssm.conv_kernel,
        innerSize: ssm.inner_size,
        groupCount: ssm.group_count,
        stateSize: ssm.state_size,
      });
  }
  return {
    weights,
    layers: meta.block_count + 1,
    stateBytes,
    kvBytesPerToken,
    computeBytesPerBatchToken: computeBytes(vocabulary, meta.embedding_length),
    // Every hybrid's file claims 2^20, whatever the model was trained for.
    contextTokens: ssm ? undefined : meta.context_length,
  };
}

const at = (value: PerLayer, layer: number) => (typeof value === "number" ? value : (value[layer] ?? 0));
