/** What is loaded where, decided before memory is spent. Pure arithmetic on bytes. */
import { t } from "@vscode/l10n";
import type { MemoryReport } from "../protocol.ts";
import { BATCH_TOKENS } from "./chunks.ts";
import { EngineError } from "./engine.ts";

/**
 * The 9B was trained for 128 K; its GGUF files claim 2^20, which is not to be believed
 * (LCPP/conversion/nemotron.py writes it for every model of the family).
 */
export const MAX_CONTEXT_TOKENS = 131_072;
export const DEFAULT_CONTEXT_TOKENS = 32_768;
export const EDIT_CONTEXT_TOKENS = 8_192;
const LEAST_CONTEXT_TOKENS = 2_048;
/** Checkpoints live in RAM, 139 MiB each for the 9B: eleven of them. */
const CHECKPOINT_BYTES = 1.5 * 1024 ** 3;
/** More than these are of no use to one conversation. */
const MOST_CHECKPOINTS = 32;
/** Checkpoints of an edit: before its instruction and at its prompt's end, for a retry; at the end alone where RAM is short. */
const EDIT_CHECKPOINTS = [2, 1] as const;
const PLENTY = 10;
/** Beside our own buffers: the driver's, the other programs', fragmentation. On a GPU they do not grow with its memory. */
const SPARE = 0.06;
const MOST_SPARE_BYTES_OF_A_GPU = 1024 ** 3;

export type ModelShape = {
  weights: number;
  /** Layers that can be put on a GPU, the output layer included. */
  layers: number;
  /** Recurrent state of one sequence; 0 for a model of nothing but attention, which needs no checkpoints. */
  stateBytes: number;
  kvBytesPerToken: number;
  computeBytesPerBatchToken: number;
  /** Tokens that the model was trained for, where its file can be believed. */
  contextTokens?: number;
};

/** Bytes. */
export type FreeMemory = {
  ram: number;
  /** Of all GPUs together. Left out: no GPU. */
  vram?: number;
  /** GPUs that `vram` is spread over; one when left out. */
  devices?: number;
  /** `vram` is a part of `ram`, so that what the GPU takes is gone from there too. */
  unified?: boolean;
};

export type Wanted = { contextTokens?: number; gpuLayers?: number };

export type Plan = {
  gpuLayers: number;
  contextTokens: number;
  editContextTokens: number;
  /** Sequences of the edit context. */
  editSequences: number;
  checkpoints: CheckpointPlan;
  notes: string[];
};

export type CheckpointPlan = {
  /** How many the chat may have. */
  chat: number;
  /** How many each edit may have. */
  edit: number;
  /** What those of conversations that wait on disk may take. */
  parkedBytes: number;
  /** All of them. */
  bytes: number;
};

/** Chat and edit contexts, from what is wanted down to the least that is of use. */
function* sizes(wanted: number): Generator<Pick<Plan, "contextTokens" | "editContextTokens" | "editSequences">> {
  const edit = (tokens: number) => Math.min(EDIT_CONTEXT_TOKENS, tokens);
  yield { contextTokens: wanted, editContextTokens: edit(wanted), editSequences: 2 };
  for (let tokens = wanted; tokens >= LEAST_CONTEXT_TOKENS; tokens = Math.floor(tokens / 2))
    yield { contextTokens: tokens, editContextTokens: edit(tokens), editSequences: 1 };
}

export const contextBytes = (
  shape: ModelShape,
  size: Pick<Plan, "contextTokens" | "editContextTokens" | "editSequences">,
) => ({
  state: shape.stateBytes * (1 + size.editSequences),
  kv: shape.kvBytesPerToken * (size.contextTokens + size.editContextTokens * size.editSequences),
  compute: shape.computeBytesPerBatchToken * BATCH_TOKENS * 2,
});

/** What a plan comes to. On the GPU are its share of the layers, and their states, KV and buffers with them. */
export function memoryOf(shape: ModelShape, plan: Omit<Plan, "notes">): MemoryReport {
  const { state, kv, compute } = contextBytes(shape, plan);
  const gpu = Math.round((plan.gpuLayers / shape.layers) * (shape.weights + state + kv + compute));
  return { weights: shape.weights, state, kv, compute, checkpoints: plan.checkpoints.bytes, gpu };
}

/** The least that is of use, whether it fits or not. */
export function leastPlan(shape: ModelShape): Plan {
  const size = { contextTokens: LEAST_CONTEXT_TOKENS, editContextTokens: LEAST_CONTEXT_TOKENS, editSequences: 1 };
  return { gpuLayers: 0, ...size, checkpoints: planCheckpoints(shape.stateBytes, 0, size.editSequences), notes: [] };
}

/**
 * What models can have of the GPUs: the layers are split between them, each has compute buffers of its own, and since a
 * layer lies on one of them, up to a layer's worth stays unused on each but the last.
 */
function usableVram(shape: ModelShape, { ram, vram, devices = 1, unified }: FreeMemory): number {
  if (vram === undefined) return 0;
  const lost = (devices - 1) * (shape.computeBytesPerBatchToken * BATCH_TOKENS * 2 + shape.weights / shape.layers);
  const bytes = unified ? Math.min(vram, ram) : vram;
  return Math.max(0, bytes - Math.min(bytes * SPARE, devices * MOST_SPARE_BYTES_OF_A_GPU) - lost);
}

/**
 * All layers on the GPU with the largest context that fits beside them; if not even the smallest one does, as many
 * layers as fit and the rest in RAM. Throws EngineError loadFailed when RAM does not suffice either.
 */
export function planMemory(shape: ModelShape, free: FreeMemory, wanted: Wanted): Plan {
  const notes: string[] = [];
  const most = Math.min(MAX_CONTEXT_TOKENS, shape.contextTokens ?? MAX_CONTEXT_TOKENS);
  const asked = Math.min(wanted.contextTokens ?? DEFAULT_CONTEXT_TOKENS, most);
  if ((wanted.contextTokens ?? 0) > most)
    notes.push(t("The context is limited to the {0} tokens that the model was trained for.", most));
  const candidates = [...sizes(asked)];
  const need = (size: (typeof candidates)[number]) => {
    const { state, kv, compute } = contextBytes(shape, size);
    return state + kv + compute;
  };
  const vram = usableVram(shape, free);
  const ram = free.ram * (1 - SPARE);

  const layersFor = (size: (typeof candidates)[number]) =>
    Math.max(0, Math.min(shape.layers, Math.floor(((vram - need(size)) / shape.weights) * shape.layers)));
  let size = candidates[0]!;
  let gpuLayers = 0;
  if (vram > 0) {
    // Speed comes from layers on the GPU, so context is given up for them, but not below a useful size.
    const useful = candidates.filter((c) => c.contextTokens >= Math.min(asked, EDIT_CONTEXT_TOKENS));
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
      const reason = t("The model needs {0} of memory, {1} are free.", gib(needed), gib(ram));
      throw new EngineError("loadFailed", reason, {
        reason,
        next: t("Close other programs, or choose a smaller model."),
      });
    }
    size = smaller;
  }
  if (size.contextTokens < asked)
    notes.push(
      t("The context is {0} tokens instead of {1}: more does not fit into memory.", size.contextTokens, asked),
    );

  const checkpoints = planCheckpoints(shape.stateBytes, Math.max(0, ram - ramNeed(size)), size.editSequences);
  return { gpuLayers, ...size, checkpoints, notes };
}

/** Two for the chat and one for each edit are the least; of more, half of what the edits leave waits with its conversations. */
function planCheckpoints(stateBytes: number, freeRam: number, edits: number): CheckpointPlan {
  if (stateBytes === 0) return { chat: 0, edit: 0, parkedBytes: 0, bytes: 0 };
  const affordable = Math.floor(Math.min(CHECKPOINT_BYTES, freeRam / 4) / stateBytes);
  const edit = EDIT_CHECKPOINTS[affordable >= PLENTY ? 0 : 1];
  const rest = Math.max(2, affordable - edit * edits);
  const chat = Math.min(MOST_CHECKPOINTS, Math.max(2, Math.ceil(rest / 2)));
  const parkedBytes = (rest - chat) * stateBytes;
  return { chat, edit, parkedBytes, bytes: (chat + edit * edits) * stateBytes + parkedBytes };
}

const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
