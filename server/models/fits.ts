/**
 * How a model of the catalogue would fit this machine: what the engine would decide on loading it, known before the
 * download.
 */
import { EngineError } from "../engine/engine.ts";
import {
  type FreeMemory,
  MAX_CONTEXT_TOKENS,
  type ModelShape,
  memoryOf,
  minimalPlan,
  type Plan,
  type PlanRequest,
  planMemory,
} from "../engine/modelFile/fit.ts";
import type { Fit, Hardware, ModelInfo } from "../protocol.ts";
import type { CatalogueEntry } from "./catalogue.ts";

/** Step of the search for a context, tokens. */
const STEP_TOKENS = 1024;

/** `bytes`: the size of the weights. */
export type Model = Pick<CatalogueEntry, "shape" | "bytes">;

/** @param wanted the context that the settings ask for, if any. */
export function fitModel(model: Model, hardware: Hardware, wanted: Pick<PlanRequest, "contextTokens"> = {}): Fit {
  const shape: ModelShape = { ...model.shape, weights: model.bytes };
  const free = freeMemory(hardware);
  const plan = tryPlan(shape, free, wanted);
  if (plan instanceof EngineError) return { type: "no", ...sizes(shape, minimalPlan(shape)), reason: plan.message };
  const type = plan.gpuLayers === shape.layers ? "gpu" : plan.gpuLayers > 0 ? "partial" : "cpu";
  return { type, ...sizes(shape, plan), mostContextTokens: mostContext(shape, free, plan) };
}

const sizes = (shape: ModelShape, plan: Plan) => ({
  gpuLayers: plan.gpuLayers,
  totalLayers: shape.layers,
  contextTokens: plan.contextTokens,
  mostContextTokens: plan.contextTokens,
  memory: memoryOf(shape, plan),
});

function freeMemory({ ram, gpus, unified }: Hardware): FreeMemory {
  if (gpus.length === 0) return { ram: ram.free };
  const vram = gpus.reduce((bytes, { memory }) => bytes + memory.free, 0);
  return { ram: ram.free, vram, devices: gpus.length, unified };
}

function tryPlan(shape: ModelShape, free: FreeMemory, wanted: PlanRequest): Plan | EngineError {
  try {
    return planMemory(shape, free, wanted);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** Binary search: if a context fits, every shorter one fits as well. */
function mostContext(shape: ModelShape, free: FreeMemory, plan: Plan): number {
  const fits = (contextTokens: number) => {
    const longer = tryPlan(shape, free, { contextTokens });
    return (
      !(longer instanceof EngineError) && longer.contextTokens === contextTokens && longer.gpuLayers >= plan.gpuLayers
    );
  };
  let [low, high] = [plan.contextTokens, MAX_CONTEXT_TOKENS];
  if (fits(high)) return high;
  while (high - low > STEP_TOKENS) {
    const middle = Math.floor((low + high) / 2 / STEP_TOKENS) * STEP_TOKENS;
    if (middle <= low) break;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The hardware as if the loaded model were unloaded. Weights in RAM are mapped from the file: Linux already counts them
 * as available.
 */
export function hardwareWithout(hardware: Hardware, loaded: ModelInfo | undefined): Hardware {
  if (!loaded) return hardware;
  const { weights, state, kv, compute, gpu } = loaded.memory;
  const mapped = process.platform === "linux" ? weights * (1 - loaded.gpuLayers / loaded.totalLayers) : 0;
  const inRam = Math.max(0, weights + state + kv + compute - mapped - (hardware.unified ? 0 : gpu));
  const more = ({ total, free }: { total: number; free: number }, bytes: number) => ({
    total,
    free: Math.min(total, free + bytes),
  });
  return {
    ...hardware,
    ram: more(hardware.ram, inRam),
    gpus: hardware.gpus.map(({ name, memory }) => ({ name, memory: more(memory, gpu / hardware.gpus.length) })),
  };
}
