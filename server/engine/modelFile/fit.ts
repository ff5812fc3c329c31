/** Decides what to load where, before any memory is allocated. Pure arithmetic on bytes. */
import { t } from "@vscode/l10n";
import type { MemoryReport } from "../../protocol.ts";
import { EngineError } from "../engine.ts";
import { numberText } from "../language.ts";

/** llama.cpp's default batch size, tokens. The library would split larger batches anyway. */
export const BATCH_TOKENS = 512;

/**
 * The 9B was trained for 128 K. Its GGUF files wrongly claim 2^20: llama.cpp's conversion/nemotron.py writes that for
 * every model of the family.
 */
export const MAX_CONTEXT_TOKENS = 131_072;
const DEFAULT_CONTEXT_TOKENS = 32_768;
const EDIT_CONTEXT_TOKENS = 8_192;
const MIN_CONTEXT_TOKENS = 2_048;
/** Limit for checkpoints in RAM, bytes: eleven of the 9B, which take 139 MiB each. */
const CHECKPOINT_BYTES = 1.5 * 1024 ** 3;
/** Maximum number of checkpoints of the chat: one conversation has no use for more. */
const MAX_CHECKPOINTS = 32;
/**
 * The chat's share of the checkpoints that edits do not need: of seven of the 9B, five. The rest is for the last reply
 * of conversations that are not in a slot.
 */
const CHAT_SHARE = 0.7;
/**
 * Checkpoints of an edit: before its instruction and at the end of its prompt, for a retry. When RAM is short, only at
 * the end.
 */
const EDIT_CHECKPOINTS = [2, 1] as const;
/** From this many affordable checkpoints on, each edit gets both of its own. */
const ENOUGH_CHECKPOINTS = 10;
/**
 * The share of memory to leave free, beyond the planned buffers: for the driver, other programs, and fragmentation. On
 * a GPU, what these need does not grow with its memory.
 */
const SPARE_SHARE = 0.06;
const MAX_SPARE_BYTES_PER_GPU = 1024 ** 3;

/** What a model needs. Sizes are bytes. */
export type ModelShape = {
  weights: number;
  /** Layers that can go to a GPU, with the output layer. */
  layers: number;
  /** Recurrent state of one sequence; 0 for a model with attention only, which needs no checkpoints. */
  stateBytes: number;
  kvBytesPerToken: number;
  computeBytesPerBatchToken: number;
  /** Tokens that the model was trained for, if its file is right about that. */
  contextTokens?: number;
};

/** Bytes. */
export type FreeMemory = {
  ram: number;
  /** Of all GPUs together. Left out: no GPU. */
  vram?: number;
  /** Number of GPUs that `vram` is spread over; one when left out. */
  devices?: number;
  /** `vram` is part of `ram`: what the GPU uses is no longer free as RAM. */
  unified?: boolean;
};

/** What the user has asked for. What is left out is chosen by planMemory. */
export type PlanRequest = { contextTokens?: number; gpuLayers?: number };

/** What to load where. `notes`: messages to the user about what does not fit. */
export type Plan = {
  gpuLayers: number;
  contextTokens: number;
  editContextTokens: number;
  /** Number of sequences in the edit context. */
  editSequences: number;
  checkpoints: CheckpointPlan;
  notes: string[];
};

type CheckpointPlan = {
  /** Maximum number for the chat. */
  chat: number;
  /** Maximum number for each edit. */
  edit: number;
  /** Limit for the checkpoints of cached conversations, bytes. */
  cachedBytes: number;
  /** Limit for all checkpoints, bytes. */
  bytes: number;
};

/** Sizes of the chat and edit contexts, from the requested ones down to the smallest useful ones. */
function* contextSizes(wanted: number): Generator<Pick<Plan, "contextTokens" | "editContextTokens" | "editSequences">> {
  const edit = (tokens: number) => Math.min(EDIT_CONTEXT_TOKENS, tokens);
  yield { contextTokens: wanted, editContextTokens: edit(wanted), editSequences: 2 };
  for (let tokens = wanted; tokens >= MIN_CONTEXT_TOKENS; tokens = Math.floor(tokens / 2))
    yield { contextTokens: tokens, editContextTokens: edit(tokens), editSequences: 1 };
}

/** Memory of the chat and edit contexts together, bytes. */
export const contextBytes = (
  shape: ModelShape,
  size: Pick<Plan, "contextTokens" | "editContextTokens" | "editSequences">,
) => ({
  state: shape.stateBytes * (1 + size.editSequences),
  kv: shape.kvBytesPerToken * (size.contextTokens + size.editContextTokens * size.editSequences),
  compute: shape.computeBytesPerBatchToken * BATCH_TOKENS * 2,
});

/** The memory that a plan takes, bytes. The GPU holds its share of the layers with their states, KV and buffers. */
export function memoryOf(shape: ModelShape, plan: Omit<Plan, "notes">): MemoryReport {
  const { state, kv, compute } = contextBytes(shape, plan);
  const gpu = Math.round((plan.gpuLayers / shape.layers) * (shape.weights + state + kv + compute));
  return { weights: shape.weights, state, kv, compute, checkpoints: plan.checkpoints.bytes, gpu };
}

/** The smallest useful plan, whether it fits or not. */
export function minimalPlan(shape: ModelShape): Plan {
  const size = { contextTokens: MIN_CONTEXT_TOKENS, editContextTokens: MIN_CONTEXT_TOKENS, editSequences: 1 };
  return { gpuLayers: 0, ...size, checkpoints: planCheckpoints(shape.stateBytes, 0, size.editSequences), notes: [] };
}

/**
 * The GPU memory that models can use, bytes. The layers are split between the GPUs, and each GPU has its own compute
 * buffers. A layer cannot be split, so each GPU but the last can have up to a layer's size unused.
 */
function usableVram(shape: ModelShape, { ram, vram, devices = 1, unified }: FreeMemory): number {
  if (vram === undefined) return 0;
  const lost = (devices - 1) * (shape.computeBytesPerBatchToken * BATCH_TOKENS * 2 + shape.weights / shape.layers);
  const bytes = unified ? Math.min(vram, ram) : vram;
  return Math.max(0, bytes - Math.min(bytes * SPARE_SHARE, devices * MAX_SPARE_BYTES_PER_GPU) - lost);
}

/**
 * Plans all layers on the GPU with the largest context that fits. If even the smallest context does not fit, plans as
 * many layers as fit, and the rest in RAM. Throws EngineError loadFailed when RAM does not suffice either.
 */
export function planMemory(shape: ModelShape, free: FreeMemory, wanted: PlanRequest): Plan {
  const notes: string[] = [];
  const maxTokens = Math.min(MAX_CONTEXT_TOKENS, shape.contextTokens ?? MAX_CONTEXT_TOKENS);
  const requested = Math.min(wanted.contextTokens ?? DEFAULT_CONTEXT_TOKENS, maxTokens);
  if ((wanted.contextTokens ?? 0) > maxTokens)
    notes.push(t("The context is limited to the {0} tokens that the model was trained for.", numberText(maxTokens)));
  const candidates = [...contextSizes(requested)];
  const need = (size: (typeof candidates)[number]) => {
    const { state, kv, compute } = contextBytes(shape, size);
    return state + kv + compute;
  };
  const vram = usableVram(shape, free);
  const ram = free.ram * (1 - SPARE_SHARE);

  const layersFor = (size: (typeof candidates)[number]) =>
    Math.max(0, Math.min(shape.layers, Math.floor(((vram - need(size)) / shape.weights) * shape.layers)));
  let size = candidates[0]!;
  let gpuLayers = 0;
  if (vram > 0) {
    // Layers on the GPU give speed, so the context shrinks before layers leave the GPU, down to a useful context.
    const useful = candidates.filter((c) => c.contextTokens >= Math.min(requested, EDIT_CONTEXT_TOKENS));
    const fitting = useful.find((c) => layersFor(c) === shape.layers) ?? useful.at(-1)!;
    gpuLayers = wanted.gpuLayers === undefined ? layersFor(fitting) : Math.min(wanted.gpuLayers, shape.layers);
    if (gpuLayers > 0) size = fitting;
    if (gpuLayers < shape.layers)
      notes.push(
        t("{0} of {1} layers fit on the GPU; the others run on the CPU, more slowly.", gpuLayers, shape.layers),
      );
  }
  const inRam = free.unified ? 1 : 1 - gpuLayers / shape.layers;
  const ramNeed = (c: typeof size) => inRam * (shape.weights + need(c));
  if (ramNeed(size) > ram) {
    const smaller = candidates.filter((c) => c.contextTokens <= size.contextTokens).find((c) => ramNeed(c) <= ram);
    if (!smaller) {
      const needed = ramNeed(candidates.at(-1)!);
      const reason = t("The model needs {0} of memory, but only {1} is free.", gib(needed), gib(ram));
      throw new EngineError("loadFailed", reason, {
        reason,
        next: t("Close other programs, or choose a smaller model."),
      });
    }
    size = smaller;
  }
  if (size.contextTokens < requested)
    notes.push(
      t(
        "The context is {0} tokens instead of {1}: more does not fit in memory.",
        numberText(size.contextTokens),
        numberText(requested),
      ),
    );

  const checkpoints = planCheckpoints(shape.stateBytes, Math.max(0, ram - ramNeed(size)), size.editSequences);
  return { gpuLayers, ...size, checkpoints, notes };
}

/** At least two checkpoints for the chat and one for each edit. */
function planCheckpoints(stateBytes: number, freeRam: number, edits: number): CheckpointPlan {
  if (stateBytes === 0) return { chat: 0, edit: 0, cachedBytes: 0, bytes: 0 };
  const affordable = Math.floor(Math.min(CHECKPOINT_BYTES, freeRam / 4) / stateBytes);
  const edit = EDIT_CHECKPOINTS[affordable >= ENOUGH_CHECKPOINTS ? 0 : 1];
  const rest = Math.max(2, affordable - edit * edits);
  const chat = Math.min(MAX_CHECKPOINTS, Math.max(2, Math.ceil(rest * CHAT_SHARE)));
  const cachedBytes = (rest - chat) * stateBytes;
  return { chat, edit, cachedBytes, bytes: (chat + edit * edits) * stateBytes + cachedBytes };
}

const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
