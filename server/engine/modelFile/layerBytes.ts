/** Memory that a model's layers need while it runs, bytes, computed as in llama.cpp. */

/**
 * Recurrent state of a Mamba2 layer for one sequence: (conv_kernel - 1) rows of its channels, and inner_size x
 * state_size numbers, all f32 (llama_hparams::n_embd_r and n_embd_s).
 */
export function mambaLayerBytes(ssm: {
  convKernel: number;
  innerSize: number;
  groupCount: number;
  stateSize: number;
}): number {
  const channels = ssm.innerSize + 2 * ssm.groupCount * ssm.stateSize;
  return ((ssm.convKernel - 1) * channels + ssm.innerSize * ssm.stateSize) * 4;
}

/** Keys and values of an attention layer for one token, f16. */
export const attentionLayerBytes = (kvHeads: number, keyLength: number, valueLength = keyLength): number =>
  kvHeads * (keyLength + valueLength) * 2;

/** Compute buffer for one token of a batch: its logits and about sixteen activations of the model's width, f32. */
export const computeBytes = (vocabulary: number, width: number): number => 4 * (vocabulary + 16 * width);
