/** Backends that do not ship with the product: listing, installing and removing them. */
import type { ProgressToken } from "vscode-languageserver";
import type { Backend } from "./model.ts";

/** Default registry for backends. */
export const NPM_REGISTRY = "https://registry.npmjs.org";

/** A backend with packages in the npm registry. */
export type InstallableBackend = Extract<Backend, "cuda" | "vulkan">;

/** What is known of an installable backend on this machine. */
export type BackendState = {
  backend: InstallableBackend;
  /** There are packages for this platform. */
  supported: boolean;
  /** The backend is completely installed, in the version that the engine needs. */
  installed: boolean;
  /** Approximate sizes of the download and on disk, bytes; the registry has the exact ones. 0 if not supported. */
  downloadBytes: number;
  diskBytes: number;
};

/** NVIDIA's hardware and software on this machine. */
export type Nvidia = {
  /** The cards, with the driver's names. */
  devices: string[];
  /** Version of the driver, for example `580.65.06`. */
  driver?: string;
  /** Major versions of the installed CUDA runtimes (cudart and cublas). */
  runtimes: number[];
};

/** Answer of `nemotron/backends`. */
export type BackendsResult = {
  /** The folder of installed backends. */
  folder: string;
  backends: BackendState[];
  nvidia: Nvidia;
  /** Why CUDA does not work here, a sentence for the user; left out if no obstacle is known. */
  obstacle?: string;
};

/** `nemotron/installBackend`, with `$/progress` (WorkDoneProgress) on `workDoneToken`. Errors: backendFailed. */
export type InstallBackendParams = {
  backend: InstallableBackend;
  workDoneToken?: ProgressToken;
  /** Replaces NPM_REGISTRY. */
  registry?: string;
  /** An http or https proxy; left out: from the environment. */
  proxy?: string;
  /** Hosts without the proxy, as in NO_PROXY; left out: from the environment. */
  noProxy?: string;
};
/** `nemotron/removeBackend`. Unloads a model that runs on it first. Errors: backendFailed. */
export type RemoveBackendParams = { backend: InstallableBackend };
export type RemoveBackendResult = {
  /** Whether the backend was installed before. */
  removed: boolean;
  /** Whether a model ran on the backend and was unloaded. */
  unloaded: boolean;
};
