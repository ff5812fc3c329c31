/** Loading a model, and its status. */
import type { RemoteEndpoint, RemoteHost } from "./remote.ts";

/** What llama.cpp computes with. */
export type Backend = "cuda" | "vulkan" | "metal" | "cpu";

/** Where a model may run. `auto`: the best backend that works. `off`: the CPU alone. Others: this backend. */
export const GPUS = ["auto", "off", "cuda", "vulkan", "metal"] as const;

/** A file that runs here, or an endpoint where a model runs already. */
export type LoadParams = LocalLoad | RemoteLoad;

/** A model file to load on this machine. */
export type LocalLoad = {
  /** Absolute path of a GGUF file. */
  model: string;
  remote?: undefined;
  /** Requested context for the chat, tokens; less is loaded if it does not fit. */
  contextTokens?: number;
  gpu?: (typeof GPUS)[number];
  /** Layers on the GPU; left out: as many as fit. */
  gpuLayers?: number;
  /** CPU threads; left out: chosen for the model. */
  threads?: number;
  /** Limit for the states of idle conversations on disk, bytes; 4 GiB when left out, 0 saves none. */
  idleStateBytes?: number;
  /** Also try backends that have crashed the engine with this model. */
  retryBackends?: boolean;
  /**
   * What to do if other programs of the user use another model. `refuse` (the default): fail with otherModel.
   * `replace`: load this model for all. `join`: use the loaded model.
   */
  whenOther?: "refuse" | "replace" | "join";
};

/** A model behind an endpoint. */
export type RemoteLoad = { [K in keyof Omit<LocalLoad, "contextTokens" | "remote">]?: undefined } & {
  remote: RemoteEndpoint;
  /** Context size to assume, tokens. Left out: what the endpoint says, or 32768 if it says nothing. */
  contextTokens?: number;
};
/** Answer of `nemotron/load`. */
export type LoadResult = ModelInfo;

/** Memory of a model, bytes: planned before loading, partly measured after it. */
export type MemoryReport = {
  weights: number;
  /** Recurrent state of all sequences. */
  state: number;
  kv: number;
  compute: number;
  /** Limit for checkpoints, in RAM. */
  checkpoints: number;
  /** The part of the sum that is on the GPU. */
  gpu: number;
};

/** The dialect of a family of models: the layout of its prompts and the format of its calls. */
export type DialectId = "nano-v2" | "nemotron-3" | "llama-nemotron" | "llama-nemotron-1.5";
/** A backend that failed, and would be preferred to the one in use. `reason`: a sentence for the user. */
export type BackendFailure = { backend: Backend; reason: string };

/** The loaded model, with what was chosen for it. */
export type ModelInfo = {
  /** Path of the file, or base URL of a remote engine. */
  path: string;
  name: string;
  /**
   * The endpoint behind which the model runs. Backend, layers, threads and memory are then unknown: they are `cpu` and
   * 0. `estimated`: the endpoint has no tokenizer, so token counts are estimates.
   */
  remote?: RemoteHost & { estimated: boolean };
  /** Left out if the model's own server lays out prompts. */
  dialect?: DialectId;
  /** Whether this is the toy model of the tests, whose answers mean nothing. Clients must say so. */
  toy: boolean;
  backend: Backend;
  device?: string;
  gpuLayers: number;
  totalLayers: number;
  threads: number;
  /** The loaded context for chats: the limit that clients must respect, not the model's maximum. */
  contextTokens: number;
  /** The loaded context for edits. */
  editContextTokens: number;
  memory: MemoryReport;
  /** What was reduced to make the model fit, or which backend failed, in words for the user. */
  notes: string[];
  /** The failed backends that `notes` names. Clients can offer to try them again. */
  failedBackends?: BackendFailure[];
};

/**
 * The other programs connected to the engine, by kind: windows of VS Code, other editors, terminal commands. `busy`:
 * the engine works for one of them. Nothing else about them is revealed.
 */
export type OtherClients = { windows: number; editors: number; terminals: number; busy: boolean };

/** The longest keepAliveMinutes, minutes: a year. */
export const MAX_KEEP_ALIVE_MINUTES = 525_600;

/** When the engine frees its memory automatically. With several clients, the latest policy applies. */
export type EnginePolicy = {
  /** Minutes after the last client has left, at most MAX_KEEP_ALIVE_MINUTES; 1 when left out. -1: never. */
  keepAliveMinutes?: number;
  /** What to do when the machine is low on memory and no request runs. `keep` when left out. */
  lowMemory?: "keep" | "unload";
  /** What to do after some minutes without a request on battery. `keep` when left out. */
  onBattery?: "keep" | "unload";
};

/** The common part of statuses with a loaded model. `heldBytes`: RAM that the engine's processes use, bytes. */
type LoadedStatus = { model: ModelInfo; others?: OtherClients; heldBytes?: number };

/**
 * Why the engine that all of a user's programs share refused a model. `loaded`: the name of the model that others use.
 * `path`: its file. `wanted`: the file that this client asked for.
 */
export type Refusal = { loaded?: string; path?: string; wanted?: string; others?: OtherClients };

/**
 * The state of the model that this client wants. The server sends it on every change. Clients need not load again: the
 * next request that needs a model asks again for a model that was unloaded or refused.
 */
export type Status =
  /** `reason`: why the model is no longer loaded, in words, if the client did not request that. */
  | { type: "noModel"; reason?: string }
  | { type: "loading"; path: string; progress: number; backend?: Backend; attempt: number; remote?: RemoteHost }
  | ({ type: "ready" } & LoadedStatus)
  /** `requests`: running requests of this client. */
  | ({ type: "busy"; requests: number } & LoadedStatus)
  /** `retryInMs`: the engine restarts by itself after this time. If left out, `next` says what the user can do. */
  | { type: "failed"; reason: string; next: string; retryInMs?: number }
  /** Others use another model, or the engine belongs to a newer version. The user decides what to do. */
  | ({ type: "refused"; name: "otherModel" | "otherVersion"; reason: string; next: string } & Refusal);
