/** What a model's layers need while it runs, bytes, as llama.cpp computes it. */

/**
 * A Mamba2 layer's recurrent state of one sequence: (conv_kernel - 1) rows of its channels and inner_size x state_size
 * numbers, all f32 (llama_hparams::n_embd_r and n_embd_s).
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

/** An attention layer's keys and values of one token, f16. */
export const attentionLayerBytes = (kvHeads: number, keyLength: number, valueLength = keyLength): number =>
  kvHeads * (keyLength + valueLength) * 2;

/** Of each token of a batch: its logits, and some sixteen activations of the model's width beside them, f32. */
export const computeBytes = (vocabulary: number, width: number): number => 4 * (vocabulary + 16 * width);
