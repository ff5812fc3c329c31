/** The model: loading it, and what becomes of it. */
import type { RemoteEndpoint, RemoteHost } from "./remote.ts";

export type Backend = "cuda" | "vulkan" | "metal" | "cpu";

/** A file that runs here, or an endpoint where a model runs already. */
export type LoadParams = LocalLoad | RemoteLoad;

export type LocalLoad = {
  /** Absolute path of a GGUF file. */
  model: string;
  remote?: undefined;
  /** Tokens of context wanted for the chat; less is loaded where it does not fit. */
  contextTokens?: number;
  gpu?: "auto" | "off" | Exclude<Backend, "cpu">;
  gpuLayers?: number;
  /** Left out: chosen by what the model needs. */
  threads?: number;
  /** What the states of idle conversations may take on disk, bytes; 4 GiB when left out, 0 keeps none. */
  idleStateBytes?: number;
  /** Backends that ended the engine with this model are tried again. */
  retryBackends?: boolean;
  /**
   * Where other programs of the user's use another model: `refuse` with otherModel (when left out), put this one in its
   * place for all, or take the one that is loaded.
   */
  whenOther?: "refuse" | "replace" | "join";
};

export type RemoteLoad = { [K in keyof Omit<LocalLoad, "contextTokens" | "remote">]?: undefined } & {
  remote: RemoteEndpoint;
  /** Tokens of context to count on. Left out: what the endpoint says, or 32768 where it says nothing. */
  contextTokens?: number;
};
export type LoadResult = ModelInfo;

/** Bytes, decided before loading and measured after. */
export type MemoryReport = {
  weights: number;
  /** Recurrent state of all sequences. */
  state: number;
  kv: number;
  compute: number;
  /** The most that checkpoints may take, in RAM. */
  checkpoints: number;
  /** What of the sum lies on the GPU. */
  gpu: number;
};

/** The language of a family of models: how its prompts are laid out and its calls are written. */
export type DialectId = "nano-v2" | "nemotron-3" | "llama-nemotron" | "llama-nemotron-1.5";
/** A backend that comes before the one in use, and failed. `reason`: a sentence for the user. */
export type BackendFailure = { backend: Backend; reason: string };

export type ModelInfo = {
  /** Of the file; of a remote engine its base URL. */
  path: string;
  name: string;
  /**
   * It runs behind this endpoint. Backend, layers, threads and memory are not known then: they are `cpu` and 0.
   * `estimated`: the endpoint has no tokenizer to ask, so tokens of texts and prompts are estimates.
   */
  remote?: RemoteHost & { estimated: boolean };
  /** Left out where the model's own server lays prompts out. */
  dialect?: DialectId;
  /** The bundled test model: it knows nothing. Clients must say so. */
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
  /** What was given up so that it fits, or which backend failed, in words for the user. */
  notes: string[];
  /** The notes of backends that failed, apart: clients may offer to try them again. */
  failedBackends?: BackendFailure[];
};

/**
 * The other programs that are connected to the engine, by kind: windows of VS Code, other editors, commands in terminals.
 * `busy`: it works for one of them. Nothing else is told of them.
 */
export type OtherClients = { windows: number; editors: number; terminals: number; busy: boolean };

/** When the engine gives its memory back by itself. Of several clients, what was said last holds. */
export type EnginePolicy = {
  /** Minutes after the last client has left; 1 when left out, -1: never. */
  keepAliveMinutes?: number;
  /** While no request runs and the machine's memory runs short. `keep` when left out. */
  lowMemory?: "keep" | "unload";
  /** After some minutes without a request on battery. `keep` when left out. */
  onBattery?: "keep" | "unload";
};

/** What is common to the states in which a model is there. `heldBytes`: what the engine's processes hold of the machine's RAM. */
type Held = { model: ModelInfo; others?: OtherClients; heldBytes?: number };

/** Sent by the server on every change. */
export type Status =
  /** `reason`: why it is no longer loaded, in words, where the client did not ask for that. */
  | { type: "noModel"; reason?: string }
  | { type: "loading"; path: string; progress: number; backend?: Backend; attempt: number; remote?: RemoteHost }
  | ({ type: "ready" } & Held)
  /** `requests`: of this client. */
  | ({ type: "busy"; requests: number } & Held)
  /** `retryInMs`: it is tried again by itself after that time. Otherwise `next` names what the user can do. */
  | { type: "failed"; reason: string; next: string; retryInMs?: number };
