/**
 * The offered models, best first: data. Sizes and sha256 are given only where two independent public records agree. For
 * the others, the hub gives them before a download (its tree API has size and sha256).
 */
import { type Family, NANO_4B, NANO_9B, NANO_12B, NANO_30B, SUPER_49B } from "./families.ts";

export type CatalogueEntry = Family & {
  /** Stable, for example `nemotron-nano-9b-v2-q4_k_m`. */
  id: string;
  quantization: string;
  /** The repository on the hub, `owner/name`. */
  repository: string;
  /** The commit that `bytes` and `sha256` belong to. Undefined: the newest. */
  revision?: string;
  /** File name in the repository, and in the models folder. */
  file: string;
  bytes: number;
  /** False: `bytes` is an estimate, good enough for the fit. */
  exact: boolean;
  /** Hexadecimal. Undefined: the hub is asked for it. */
  sha256?: string;
  /** Recommended only if this many tokens of context fit beside it. Undefined: offered, never recommended. */
  recommendedFrom?: number;
};

/** Context that must fit beside a Q4_K_M, tokens: the size that is loaded by default. */
const ROOM = 32_768;
/** The same for a Q8_0: it takes half as much memory again for a little more quality. */
const PLENTY = 65_536;

const BARTOWSKI_9B = "bartowski/nvidia_NVIDIA-Nemotron-Nano-9B-v2-GGUF";
const BARTOWSKI_12B = "bartowski/nvidia_NVIDIA-Nemotron-Nano-12B-v2-GGUF";

/**
 * Best first. The 30B is more accurate than the second generation and computes less for each token (arXiv 2512.20848).
 * Two models are offered but not recommended. The 49B is dense and computes fourteen times as much for each token. The
 * 9B was distilled from the 12B to be faster in less memory (arXiv 2508.14444), and the prompts are not tuned to the
 * 12B. Estimates are the sums of llama-quantize's types over the tensors (rows that are no multiple of 256 fall back to
 * Q5_0, Q5_1 or Q8_0). For known files, this sum is exact to the byte except for their headers.
 */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    ...NANO_30B,
    id: "nemotron-3-nano-30b-a3b-q4_k_m",
    quantization: "Q4_K_M",
    repository: "ggml-org/NVIDIA-Nemotron-3-Nano-30B-A3B-GGUF",
    revision: "f9d9b441a049bf27473c3cdd9cec220f5657b862",
    file: "NVIDIA-Nemotron-3-Nano-30B-A3B-Q4_K_M.gguf",
    bytes: 22_421_827_488,
    exact: true,
    sha256: "0f111a0d49777a2a0178758b1aee14e5365c495987499401ef3ebe87754322a8",
    recommendedFrom: ROOM,
  },
  {
    ...SUPER_49B,
    id: "llama-3.3-nemotron-super-49b-v1.5-q4_k_m",
    quantization: "Q4_K_M",
    repository: "bartowski/nvidia_Llama-3_3-Nemotron-Super-49B-v1_5-GGUF",
    revision: "98fc9722ebffe74e41685c477cf2982012d3f0ad",
    file: "nvidia_Llama-3_3-Nemotron-Super-49B-v1_5-Q4_K_M.gguf",
    bytes: 30_215_579_136,
    exact: true,
    sha256: "eb619df799350250d51148874e6033f0b395b6b867291644e03225a71bda8c01",
  },
  {
    ...NANO_12B,
    id: "nemotron-nano-12b-v2-q6_k",
    quantization: "Q6_K",
    repository: BARTOWSKI_12B,
    file: "nvidia_NVIDIA-Nemotron-Nano-12B-v2-Q6_K.gguf",
    bytes: 10_113_400_000,
    exact: false,
  },
  {
    ...NANO_12B,
    id: "nemotron-nano-12b-v2-q4_k_m",
    quantization: "Q4_K_M",
    repository: BARTOWSKI_12B,
    file: "nvidia_NVIDIA-Nemotron-Nano-12B-v2-Q4_K_M.gguf",
    bytes: 7_494_500_000,
    exact: false,
  },
  {
    ...NANO_9B,
    id: "nemotron-nano-9b-v2-q8_0",
    quantization: "Q8_0",
    repository: BARTOWSKI_9B,
    file: "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q8_0.gguf",
    bytes: 9_458_100_000,
    exact: false,
    recommendedFrom: PLENTY,
  },
  {
    ...NANO_9B,
    id: "nemotron-nano-9b-v2-q6_k",
    quantization: "Q6_K",
    repository: BARTOWSKI_9B,
    file: "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q6_K.gguf",
    bytes: 9_135_900_000,
    exact: false,
  },
  {
    ...NANO_9B,
    id: "nemotron-nano-9b-v2-q5_k_m",
    quantization: "Q5_K_M",
    repository: BARTOWSKI_9B,
    file: "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q5_K_M.gguf",
    // One public record, and the sum over the tensors, agree.
    bytes: 7_069_805_920,
    exact: false,
  },
  {
    ...NANO_9B,
    id: "nemotron-nano-9b-v2-q4_k_m",
    quantization: "Q4_K_M",
    repository: BARTOWSKI_9B,
    revision: "b2daccafb3d123ea94653720a0db1f5db9c698ff",
    file: "nvidia_NVIDIA-Nemotron-Nano-9B-v2-Q4_K_M.gguf",
    bytes: 6_525_629_280,
    exact: true,
    sha256: "be84528231457f766a35612386e2638d9af10beb10a9d8d23f0cc73c20818da7",
    recommendedFrom: ROOM,
  },
  {
    ...NANO_4B,
    id: "nemotron-3-nano-4b-q8_0",
    quantization: "Q8_0",
    repository: "unsloth/NVIDIA-Nemotron-3-Nano-4B-GGUF",
    file: "NVIDIA-Nemotron-3-Nano-4B-Q8_0.gguf",
    bytes: 4_233_700_000,
    exact: false,
    recommendedFrom: PLENTY,
  },
  {
    ...NANO_4B,
    id: "nemotron-3-nano-4b-q4_k_m",
    quantization: "Q4_K_M",
    repository: "nvidia/NVIDIA-Nemotron-3-Nano-4B-GGUF",
    revision: "ba223d14e45525f7fae81db77ea8cabeb2fc6c25",
    // NVIDIA's file name has no hyphen before the 3.
    file: "NVIDIA-Nemotron3-Nano-4B-Q4_K_M.gguf",
    bytes: 2_837_072_864,
    exact: true,
    sha256: "be5d9a656a51922f24f1f09a759cebb694e1f5d9728bf0ef9f8c972c5a0b5ef2",
    recommendedFrom: ROOM,
  },
];

/** Undefined for an unknown id. */
export const entryById = (id: string): CatalogueEntry | undefined => CATALOGUE.find((entry) => entry.id === id);
