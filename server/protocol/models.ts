/** The models that can run here: the catalogue, how each fits this machine, and the downloaded files. */
import type { ProgressToken } from "vscode-languageserver";
import type { Backend, LoadParams, MemoryReport } from "./model.ts";

/** RAM, GPU memory or disk space, bytes. */
export type Memory = { total: number; free: number };

/** The machine's hardware, as last probed. */
export type Hardware = {
  ram: Memory;
  /** Devices of the best available backend; empty if only the CPU can be used. */
  gpus: { name: string; memory: Memory }[];
  backend: Backend;
  /** The GPU shares its memory with the CPU (Apple's chips, integrated graphics). */
  unified: boolean;
  /** The disk where models are stored. */
  disk: Memory;
  /** Why a GPU is not used, in words for the user. */
  problem?: string;
};

/**
 * How a model fits this machine. `gpu`: all layers on the GPU. `partial`: `gpuLayers` of them. `cpu`: none. `no`: the
 * model does not fit; `reason` says why, and `contextTokens` and `memory` are for the smallest useful size. Otherwise
 * `contextTokens` is what would be loaded. All numbers assume that no model is loaded, because a load replaces it.
 */
export type Fit = {
  type: "gpu" | "partial" | "cpu" | "no";
  gpuLayers: number;
  totalLayers: number;
  contextTokens: number;
  /** The longest context that does not move layers off the GPU. */
  mostContextTokens: number;
  memory: MemoryReport;
  reason?: string;
};

/** A model file of the catalogue. */
export type ModelOffer = {
  /** Stable, for example `nemotron-nano-9b-v2-q4_k_m`. */
  id: string;
  /** `Nemotron Nano 9B v2` */
  name: string;
  /** `Q4_K_M` */
  quantization: string;
  /** On the hub, `owner/name`. */
  repository: string;
  file: string;
  /** Size of the file. If `exact` is false, this is an estimate, and the hub is asked before the download. */
  bytes: number;
  exact: boolean;
  license: { name: string; url: string };
  /** Tokens of context that the model was trained for. */
  trainedTokens: number;
  fit: Fit;
  /** True for at most one of all offers. */
  recommended: boolean;
  /** Path of the downloaded file, which is complete and verified. */
  path?: string;
  /** Size of an unfinished download here, bytes. */
  partialBytes?: number;
};

/** `contextTokens` and `gpu` as in LoadParams, so that the answer is for what would be loaded. */
export type ModelsParams = Pick<LoadParams, "contextTokens" | "gpu"> & {
  /** Probe the hardware again. Otherwise a result from some seconds ago may be used. */
  refresh?: boolean;
};

/** Answer of `nemotron/models`. */
export type ModelsResult = {
  hardware: Hardware;
  /** The download folder for models. */
  folder: string;
  /** Size of all files in it, bytes. */
  usedBytes: number;
  /** Best first. */
  offers: ModelOffer[];
};

/** `nemotron/download`, with `$/progress` on `workDoneToken`. A cancelled download continues later where it stopped. */
export type DownloadParams = {
  id: string;
  workDoneToken?: ProgressToken;
  /** The user has accepted the model's license. */
  acceptLicense?: boolean;
  /** Token of the hub's user, for gated repositories. Never logged. */
  accessToken?: string;
  /** Replaces https://huggingface.co. */
  mirror?: string;
  /** An http or https proxy; left out: from the environment. */
  proxy?: string;
  /** Hosts without the proxy, as in NO_PROXY; left out: from the environment. */
  noProxy?: string;
};
/** Adds a model file of the user. `copy`: copy it into the models folder, with the checks of a download. */
export type ImportParams = { path: string; copy: boolean; workDoneToken?: ProgressToken };
/** `id`: of a ModelOffer. */
export type DeleteModelParams = { id: string };
/** `path`: the file to load. */
export type DownloadResult = { path: string };
