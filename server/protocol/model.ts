/** Loading a model, and its status. */
import type { RemoteEndpoint, RemoteHost } from "./remote.ts";

export type Backend = "cuda" | "vulkan" | "metal" | "cpu";

/** Where a model may run: the best of what there is, the CPU alone, or this backend. */
export const GPUS = ["auto", "off", "cuda", "vulkan", "metal"] as const;

/** A file that runs here, or an endpoint where a model runs already. */
export type LoadParams = LocalLoad | RemoteLoad;

export type LocalLoad = {
  /** Absolute path of a GGUF file. */
  model: string;
  remote?: undefined;
  /** Requested context for the chat, tokens; less is loaded if it does not fit. */
  contextTokens?: number;
  gpu?: (typeof GPUS)[number];
  gpuLayers?: number;
  /** Left out: chosen for the model. */
  threads?: number;
  /** Limit for the states of idle conversations on disk, bytes; 4 GiB when left out, 0 saves none. */
  idleStateBytes?: number;
  /** Try backends again that have ended the engine with this model. */
  retryBackends?: boolean;
  /**
   * If other programs of the user use another model: `refuse` with otherModel (the default), replace the model for all,
   * or join and use the loaded one.
   */
  whenOther?: "refuse" | "replace" | "join";
};

export type RemoteLoad = { [K in keyof Omit<LocalLoad, "contextTokens" | "remote">]?: undefined } & {
  remote: RemoteEndpoint;
  /** Context size to assume, tokens. Left out: what the endpoint says, or 32768 if it says nothing. */
  contextTokens?: number;
};
export type LoadResult = ModelInfo;

/** Bytes, planned before loading and measured after. */
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
/** A backend that is preferred to the one in use, and failed. `reason`: a sentence for the user. */
export type BackendFailure = { backend: Backend; reason: string };

export type ModelInfo = {
  /** Path of the file, or base URL of a remote engine. */
  path: string;
  name: string;
  /**
   * The model runs behind this endpoint. Backend, layers, threads and memory are unknown then: they are `cpu` and 0.
   * `estimated`: the endpoint has no tokenizer, so token counts are estimates.
   */
  remote?: RemoteHost & { estimated: boolean };
  /** Left out if the model's own server lays out prompts. */
  dialect?: DialectId;
  /** The bundled test model, which knows nothing. Clients must say so. */
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
  /** What was reduced to make it fit, or which backend failed, in words for the user. */
  notes: string[];
  /** The failed backends of these notes: clients can offer to try them again. */
  failedBackends?: BackendFailure[];
};

/**
 * The other programs connected to the engine, by kind: windows of VS Code, other editors, terminal commands. `busy`:
 * the engine works for one of them. Nothing else about them is revealed.
 */
export type OtherClients = { windows: number; editors: number; terminals: number; busy: boolean };

/** A year, minutes. */
export const MAX_KEEP_ALIVE_MINUTES = 525_600;

/** When the engine frees its memory automatically. With several clients, the latest policy applies. */
export type EnginePolicy = {
  /** Minutes after the last client has left, at most MAX_KEEP_ALIVE_MINUTES; 1 when left out, -1: never. */
  keepAliveMinutes?: number;
  /** While no request runs and the machine is low on memory. `keep` when left out. */
  lowMemory?: "keep" | "unload";
  /** After some minutes without a request on battery. `keep` when left out. */
  onBattery?: "keep" | "unload";
};

/** The common part of statuses with a loaded model. `heldBytes`: how much RAM the engine's processes use. */
type LoadedStatus = { model: ModelInfo; others?: OtherClients; heldBytes?: number };

/**
 * Of the engine that all of a user's programs share. `loaded`: the name of the model that others use, `path`: its file,
 * `wanted`: the file that this client asked for.
 */
export type Refusal = { loaded?: string; path?: string; wanted?: string; others?: OtherClients };

/**
 * What this client wants of the engine, and what has become of that. Sent by the server on every change. The server alone
 * keeps it: what is gone or refused is asked for again by the next request that needs a model.
 */
export type Status =
  /** `reason`: why the model is no longer loaded, in words, if the client did not request that. */
  | { type: "noModel"; reason?: string }
  | { type: "loading"; path: string; progress: number; backend?: Backend; attempt: number; remote?: RemoteHost }
  | ({ type: "ready" } & LoadedStatus)
  /** `requests`: running requests of this client. */
  | ({ type: "busy"; requests: number } & LoadedStatus)
  /** `retryInMs`: it is tried again by itself after that time. Otherwise `next` names what the user can do. */
  | { type: "failed"; reason: string; next: string; retryInMs?: number }
  /** Others use another model, or the engine belongs to a newer version: the user decides. */
  | ({ type: "refused"; name: "otherModel" | "otherVersion"; reason: string; next: string } & Refusal);
