/** Loads a model file and prepares everything that a reply needs. */
import { setTimeout } from "node:timers/promises";
import { t } from "@vscode/l10n";
import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import type { Dialect } from "../../nemotron/dialect.ts";
import type { Backend, BackendFailure, LocalLoad, ModelInfo } from "../../protocol.ts";
import { EngineError } from "../engine.ts";
import { openBackend } from "../gpu/openBackend.ts";
import { BATCH_TOKENS, contextBytes, type FreeMemory, type Plan, planMemory } from "../modelFile/fit.ts";
import { inspectModel, type ModelFile } from "../modelFile/inspect.ts";
import { freeRam } from "../modelFile/ram.ts";
import { fingerprint } from "../states/key.ts";
import { AskedBefore } from "./askedBefore.ts";
import { ChunkSizer, EXACT_CPU_TOKENS } from "./chunks.ts";
import { Gate } from "./gate.ts";
import { openStates } from "./openStates.ts";
import { loadTimes, saveTimes } from "./readingTimes.ts";
import { Slot } from "./slot.ts";
import { Slots } from "./slots.ts";
import { StateSaver } from "./stateSaver.ts";
import { Tokenizer } from "./tokens.ts";

/** With weights below this size, several threads lose more by waiting for each other than they gain. */
const ONE_THREAD_BYTES = 256 * 1024 ** 2;
/** How long to wait for log lines of llama.cpp, ms. */
const LOG_MS = 50;
/** Number of CPU threads when all layers are on the GPU and the CPU only feeds it. */
const GPU_THREADS = 4;

/** A loaded model with everything that a reply needs. */
export type Loaded = {
  info: ModelInfo;
  llama: Llama;
  dialect: Dialect;
  tokenizer: Tokenizer;
  slots: Slots;
  gate: Gate;
  stateSaver: StateSaver;
  askedBefore: AskedBefore;
};

export type LoadOptions = {
  params: LocalLoad;
  exclude: Backend[];
  /** The folder of all saved states. */
  statesFolder: string;
  onBackend: (backend: Backend) => void;
  onProgress: (progress: number) => void;
  onProblem: (message: string) => void;
};

/** Throws EngineError loadFailed. A model is unloaded by ending the process. */
export async function load(options: LoadOptions): Promise<Loaded> {
  const { params, onBackend, onProgress } = options;
  const file = await inspectModel(params.model);
  const errors: string[] = [];
  const { llama, backend, failures } = await openBackend({
    wanted: params.gpu ?? "auto",
    exclude: options.exclude,
    onBackend,
    onError: (message) => errors.push(message),
  });
  try {
    const plan = planMemory(file.shape, await freeMemory(llama, backend), params);
    const threads = params.threads ?? chooseThreads(llama, plan, file);
    const model = await llama.loadModel({
      modelPath: params.model,
      gpuLayers: plan.gpuLayers,
      onLoadProgress: onProgress,
    });
    const create = (contextSize: number, sequences: number) =>
      model.createContext({ contextSize, sequences, batchSize: BATCH_TOKENS, threads, failedCreationRemedy: false });
    const chat = await create(plan.contextTokens, 1);
    const edit = await create(plan.editContextTokens, plan.editSequences);
    const tokenizer = new Tokenizer(model, file.dialect);
    const modelKey = await fingerprint(params.model);
    const states = await openStates({ ...options, file, modelKey, plan, llama, backend, chat, edit, tokenizer });
    const sizer = openSizer(options.statesFolder, [modelKey, backend, threads].join("-"), backend);
    const editSlots = Array.from(
      { length: plan.editSequences },
      () => new Slot(edit, states.edit, sizer, plan.checkpoints.edit),
    );
    const slots = new Slots(new Slot(chat, states.chat, sizer, plan.checkpoints.chat), editSlots);
    const info = await describe({ params, file, plan, llama, backend, failures, model, chat, edit, threads });
    const gate = new Gate();
    const stateSaver = new StateSaver(slots, gate, [states.chat, states.edit]);
    return { info, llama, dialect: file.dialect, tokenizer, slots, gate, stateSaver, askedBefore: new AskedBefore() };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    // llama.cpp logs from another thread, a little after the error.
    await setTimeout(LOG_MS);
    // The first logged error is the cause; later ones only repeat that loading failed.
    const reason = [error instanceof Error ? error.message : String(error), ...errors.slice(0, 1)].join(": ");
    throw new EngineError("loadFailed", reason, {
      reason,
      next: t("If the file is complete, try a smaller context, or the CPU (GPU off)."),
    });
  }
}

async function freeMemory(llama: Llama, backend: Backend): Promise<FreeMemory> {
  const ram = freeRam();
  if (backend === "cpu") return { ram };
  const [{ free, total, unifiedSize }, devices] = await Promise.all([llama.getVramState(), llama.getGpuDeviceNames()]);
  return { ram, vram: free, devices: devices.length, unified: total > 0 && unifiedSize >= total };
}

/** The environment variable NEMOTRON_EXACT_READING is for tests that compare replies to the last bit (chunks.ts). */
function openSizer(statesFolder: string, key: string, backend: Backend): ChunkSizer {
  if (process.env.NEMOTRON_EXACT_READING && backend === "cpu") return new ChunkSizer(EXACT_CPU_TOKENS);
  const known = loadTimes(statesFolder, key);
  return new ChunkSizer(BATCH_TOKENS, known, (times) => saveTimes(statesFolder, key, times));
}

function chooseThreads(llama: Llama, plan: Plan, file: ModelFile): number {
  if (file.shape.weights < ONE_THREAD_BYTES) return 1;
  const cores = Math.max(1, llama.cpuMathCores);
  return plan.gpuLayers === file.shape.layers ? Math.min(GPU_THREADS, cores) : cores;
}

async function describe(parts: {
  params: LocalLoad;
  file: ModelFile;
  plan: Plan;
  llama: Llama;
  backend: Backend;
  failures: BackendFailure[];
  model: LlamaModel;
  chat: LlamaContext;
  edit: LlamaContext;
  threads: number;
}): Promise<ModelInfo> {
  const { file, plan, llama, backend, failures, model, chat, edit } = parts;
  const planned = contextBytes(file.shape, plan);
  const used = [model.memoryUsage, chat.memoryUsage, edit.memoryUsage];
  const contexts = used.slice(1).reduce((sum, { ram, vram }) => sum + ram + vram, 0);
  const [device] = backend === "cpu" ? [] : await llama.getGpuDeviceNames();
  return {
    path: parts.params.model,
    name: file.name,
    dialect: file.dialect.id,
    toy: file.toy,
    backend,
    device,
    gpuLayers: model.gpuLayers,
    totalLayers: file.shape.layers,
    threads: parts.threads,
    contextTokens: chat.contextSize,
    editContextTokens: edit.contextSize,
    memory: {
      weights: model.size,
      state: planned.state,
      kv: planned.kv,
      compute: Math.max(0, contexts - planned.state - planned.kv),
      checkpoints: plan.checkpoints.bytes,
      gpu: used.reduce((sum, { vram }) => sum + vram, 0),
    },
    notes: plan.notes,
    failedBackends: failures,
  };
}
