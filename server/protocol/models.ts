/** What can be run here: the catalogue, what of it fits this machine, and the files that are there. */
import type { ProgressToken } from "vscode-languageserver";
import type { Backend, LoadParams, MemoryReport } from "./model.ts";

/** One memory of the machine, bytes. */
export type Memory = { total: number; free: number };

/** What the machine has, as it was seen last. */
export type Hardware = {
  ram: Memory;
  /** Devices of the best backend that is there; none: only the CPU. */
  gpus: { name: string; memory: Memory }[];
  backend: Backend;
  /** The GPU uses the same memory as the CPU (Apple's chips, integrated graphics). */
  unified: boolean;
  /** Where models are kept, bytes. */
  disk: Memory;
  /** Why a GPU that may be there is not used, in words for the user. */
  problem?: string;
};

/**
 * `gpu`: all layers on the GPU. `partial`: `gpuLayers` of them. `cpu`: none. `no`: not at all, `reason` says why.
 * `contextTokens` is what would be loaded; both it and `memory` are for the least that is of use where it does not fit.
 * All of it as if no model were loaded now: another one takes its place.
 */
export type Fit = {
  type: "gpu" | "partial" | "cpu" | "no";
  gpuLayers: number;
  totalLayers: number;
  contextTokens: number;
  /** The longest context that could be asked for without moving layers off the GPU. */
  mostContextTokens: number;
  memory: MemoryReport;
  reason?: string;
};

/** A model file of the catalogue. */
export type ModelOffer = {
  /** Stable, as `nemotron-nano-9b-v2-q4_k_m`. */
  id: string;
  /** `Nemotron Nano 9B v2` */
  name: string;
  /** `Q4_K_M` */
  quantization: string;
  /** On the hub, `owner/name`. */
  repository: string;
  file: string;
  /** Of the file. Where `exact` is false it is an estimate, and the hub is asked before the download. */
  bytes: number;
  exact: boolean;
  license: { name: string; url: string };
  /** Tokens of context that the model was trained for. */
  trainedTokens: number;
  fit: Fit;
  /** At most one of all offers. */
  recommended: boolean;
  /** The file is here, whole and verified. */
  path?: string;
  /** So much of an unfinished download is here, bytes. */
  partialBytes?: number;
};

/** `contextTokens` and `gpu` are those of LoadParams, so that the answer is for what would be loaded. */
export type ModelsParams = Pick<LoadParams, "contextTokens" | "gpu"> & {
  /** Look at the hardware anew; otherwise what was seen some seconds ago will do. */
  refresh?: boolean;
};

/** Answer of `nemotron/models`. */
export type ModelsResult = {
  hardware: Hardware;
  /** The folder that models are downloaded to. */
  folder: string;
  /** What all files in it take, bytes. */
  usedBytes: number;
  /** The best first. */
  offers: ModelOffer[];
};

/** `nemotron/download`, with `$/progress` on `workDoneToken`; a cancelled one goes on later where it stopped. */
export type DownloadParams = {
  id: string;
  workDoneToken?: ProgressToken;
  /** The user has accepted the model's license. */
  acceptLicense?: boolean;
  /** Of the hub's user, for gated repositories. Never logged. */
  accessToken?: string;
  /** In place of https://huggingface.co. */
  mirror?: string;
  /** An http or https proxy; left out: what the environment says. */
  proxy?: string;
  /** Hosts that are reached without it, as NO_PROXY lists them; left out: those of the environment. */
  noProxy?: string;
};
/** A file of the user's own, copied into the folder with the same checks, or used where it is. */
export type ImportParams = { path: string; copy: boolean; workDoneToken?: ProgressToken };
export type DeleteModelParams = { id: string };
/** `path`: to be loaded. */
export type DownloadResult = { path: string };
