/** Backends that do not come along: what of them is here, installing and removing them. */
import type { ProgressToken } from "vscode-languageserver";
import type { Backend } from "./model.ts";

/** Where backends come from unless another registry is named. */
export const NPM_REGISTRY = "https://registry.npmjs.org";

/** There are packages of binaries for it in the npm registry. */
export type InstallableBackend = Extract<Backend, "cuda" | "vulkan">;

export type BackendState = {
  backend: InstallableBackend;
  /** There are packages of it for this platform. */
  supported: boolean;
  /** It is in the folder, whole, in the version that the engine needs. */
  installed: boolean;
  /** What is fetched, and what it takes on disk, bytes: about, the registry has the last word. 0 where not supported. */
  downloadBytes: number;
  diskBytes: number;
};

/** What of NVIDIA's is on this machine. */
export type Nvidia = {
  /** The cards, as the driver calls them. */
  devices: string[];
  /** Of the driver, as `580.65.06`. */
  driver?: string;
  /** Major versions of the CUDA runtime (cudart and cublas) that are installed. */
  runtimes: number[];
};

/** Answer of `nemotron/backends`. */
export type BackendsResult = {
  /** Where they are installed. */
  folder: string;
  backends: BackendState[];
  nvidia: Nvidia;
  /** Why CUDA would not work here, a sentence for the user; left out where nothing is known to be in its way. */
  obstacle?: string;
};

/** `nemotron/installBackend`, with `$/progress` (WorkDoneProgress) on `workDoneToken`. Errors: backendFailed. */
export type InstallBackendParams = {
  backend: InstallableBackend;
  workDoneToken?: ProgressToken;
  /** In place of NPM_REGISTRY. */
  registry?: string;
  /** An http or https proxy; left out: what the environment says. */
  proxy?: string;
  /** Hosts that are reached without it, as NO_PROXY lists them; left out: those of the environment. */
  noProxy?: string;
};
/** `nemotron/removeBackend`. A model that runs on it is unloaded before. Errors: backendFailed. */
export type RemoveBackendParams = { backend: InstallableBackend };
export type RemoveBackendResult = {
  /** There was something to remove. */
  removed: boolean;
  /** The model ran on it. */
  unloaded: boolean;
};
