/**
 * Facts about each model that hold for all its quantizations, with the source of each number. In the layer patterns of
 * config.json, M is a Mamba2 layer and * an attention layer.
 */
import type { ModelShape } from "../engine/modelFile/fit.ts";
import { attentionLayerBytes, computeBytes, mambaLayerBytes } from "../engine/modelFile/layerBytes.ts";
import type { DialectId } from "../protocol.ts";

export type Family = {
  name: string;
  dialect: DialectId;
  license: { name: string; url: string };
  /** Tokens of context. */
  trainedTokens: number;
  parameters: number;
  /** The parameters used for each token. */
  activeParameters: number;
  shape: Omit<ModelShape, "weights">;
};

const OPEN_MODEL_LICENSE = {
  name: "NVIDIA Open Model License",
  url: "https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/",
};
const NEMOTRON_LICENSE = {
  name: "NVIDIA Nemotron Open Model License",
  url: "https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-nemotron-open-model-license/",
};

/** The same for all Mamba2 layers of the family (config.json: conv_kernel, n_groups, ssm_state_size). */
const MAMBA = { convKernel: 4, groupCount: 8, stateSize: 128 };
/** Size of an attention head (config.json: head_dim). */
const HEAD_LENGTH = 128;
/** Vocabulary of the Nemotron Nanos (config.json: vocab_size). */
const VOCABULARY = 131_072;

/**
 * config.json of nvidia/NVIDIA-Nemotron-Nano-9B-v2: 56 layers, 27 M with 128 heads of 80, 4 * with 8 KV heads,
 * hidden_size 4480.
 */
export const NANO_9B: Family = {
  name: "Nemotron Nano 9B v2",
  dialect: "nano-v2",
  license: OPEN_MODEL_LICENSE,
  // The model card. The GGUF files claim 2^20, which the converter writes for every model of the architecture.
  trainedTokens: 131_072,
  parameters: 8.9e9,
  activeParameters: 8.9e9,
  shape: {
    layers: 57,
    stateBytes: 27 * mambaLayerBytes({ ...MAMBA, innerSize: 128 * 80 }),
    kvBytesPerToken: 4 * attentionLayerBytes(8, HEAD_LENGTH),
    computeBytesPerBatchToken: computeBytes(VOCABULARY, 4480),
  },
};

/**
 * config.json of nvidia/NVIDIA-Nemotron-Nano-12B-v2: 62 layers, 28 M with 128 heads of 80, 6 * with 8 KV heads,
 * hidden_size 5120.
 */
export const NANO_12B: Family = {
  name: "Nemotron Nano 12B v2",
  dialect: "nano-v2",
  license: OPEN_MODEL_LICENSE,
  trainedTokens: 131_072,
  parameters: 12.3e9,
  activeParameters: 12.3e9,
  shape: {
    layers: 63,
    stateBytes: 28 * mambaLayerBytes({ ...MAMBA, innerSize: 128 * 80 }),
    kvBytesPerToken: 6 * attentionLayerBytes(8, HEAD_LENGTH),
    computeBytesPerBatchToken: computeBytes(VOCABULARY, 5120),
  },
};

/**
 * config.json of nvidia/NVIDIA-Nemotron-3-Nano-4B-BF16: 42 layers, 21 M with 96 heads of 80, 4 * with 8 KV heads,
 * hidden_size 3136.
 */
export const NANO_4B: Family = {
  name: "Nemotron 3 Nano 4B",
  dialect: "nemotron-3",
  license: NEMOTRON_LICENSE,
  // max_position_embeddings
  trainedTokens: 262_144,
  parameters: 4e9,
  activeParameters: 4e9,
  shape: {
    layers: 43,
    stateBytes: 21 * mambaLayerBytes({ ...MAMBA, innerSize: 96 * 80 }),
    kvBytesPerToken: 4 * attentionLayerBytes(8, HEAD_LENGTH),
    computeBytesPerBatchToken: computeBytes(VOCABULARY, 3136),
  },
};

/**
 * config.json of nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16: 52 layers, 23 M with 64 heads of 64, 6 * with 2 KV heads,
 * hidden_size 2688.
 */
export const NANO_30B: Family = {
  name: "Nemotron 3 Nano 30B-A3B",
  dialect: "nemotron-3",
  license: NEMOTRON_LICENSE,
  // max_position_embeddings
  trainedTokens: 262_144,
  // The model card; with embeddings.
  parameters: 31.6e9,
  activeParameters: 3.6e9,
  shape: {
    layers: 53,
    stateBytes: 23 * mambaLayerBytes({ ...MAMBA, innerSize: 64 * 64 }),
    kvBytesPerToken: 6 * attentionLayerBytes(2, HEAD_LENGTH),
    computeBytesPerBatchToken: computeBytes(VOCABULARY, 2688),
  },
};

/**
 * config.json of nvidia/Llama-3_3-Nemotron-Super-49B-v1_5: 80 blocks, of which 49 have attention (8 KV heads),
 * hidden_size 8192.
 */
export const SUPER_49B: Family = {
  name: "Llama 3.3 Nemotron Super 49B v1.5",
  dialect: "llama-nemotron-1.5",
  license: { ...OPEN_MODEL_LICENSE, name: "NVIDIA Open Model License, Llama 3.3 Community License" },
  trainedTokens: 131_072,
  parameters: 49.9e9,
  activeParameters: 49.9e9,
  shape: {
    layers: 81,
    stateBytes: 0,
    kvBytesPerToken: 49 * attentionLayerBytes(8, HEAD_LENGTH),
    computeBytesPerBatchToken: computeBytes(128_256, 8192),
  },
};
