/** Arguments that every command which runs a model understands. */
import path from "node:path";
import type { LocalLoad } from "../protocol.ts";

/** The arguments were wrong: `message` says how, and the command's usage is shown beside it. */
export class UsageError extends Error {}

export const MODEL_USAGE = `  --model FILE     a GGUF file
  --context N      tokens of context for the chat
  --gpu KIND       auto (default), off, cuda, vulkan or metal
  --gpu-layers N   layers to put on the GPU; as many as fit when left out
  --threads N      CPU threads; chosen by what the model needs when left out
  --idle-states N  MiB of disk for the states of idle conversations (4096)`;

/** For `parseArgs` of node:util. */
export const MODEL_OPTIONS = {
  model: { type: "string" },
  context: { type: "string" },
  gpu: { type: "string" },
  "gpu-layers": { type: "string" },
  threads: { type: "string" },
  "idle-states": { type: "string" },
} as const;

export const KEEP_ALIVE_USAGE = `  --keep-alive N   minutes that the model stays loaded when no program uses it any more, or "always"`;
export const KEEP_ALIVE_OPTION = { "keep-alive": { type: "string" } } as const;

/** As in EnginePolicy, undefined where nothing is said. Throws UsageError. */
export const keepAlive = ({ "keep-alive": value }: { "keep-alive"?: string }) =>
  value === "always" ? -1 : count("keep-alive", value);

export type ModelValues = { [K in keyof typeof MODEL_OPTIONS]?: string };

const GPU = ["auto", "off", "cuda", "vulkan", "metal"] as const;

/** What to load but for the file. Throws UsageError. */
export function loadOptions(values: ModelValues): Omit<LocalLoad, "model"> {
  const gpu = GPU.find((kind) => kind === (values.gpu ?? "auto"));
  if (!gpu) throw new UsageError(`--gpu must be one of ${GPU.join(", ")}.`);
  const idleStates = count("idle-states", values["idle-states"]);
  return {
    contextTokens: count("context", values.context),
    gpu,
    gpuLayers: count("gpu-layers", values["gpu-layers"]),
    threads: count("threads", values.threads),
    idleStateBytes: idleStates === undefined ? undefined : idleStates * 1024 ** 2,
  };
}

/** Undefined where no file is named. Throws UsageError. */
export function loadParams(values: ModelValues): LocalLoad | undefined {
  const options = loadOptions(values);
  return values.model === undefined ? undefined : { model: path.resolve(values.model), ...options };
}

/** A whole number. Throws UsageError. */
export function count(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} must be a number.`);
  return Number(value);
}
