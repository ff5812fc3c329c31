/** Options that several commands share, and the checks of their values. */
import { type Stats, statSync } from "node:fs";
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { GPUS, type LoadParams, type LocalLoad, MAX_KEEP_ALIVE_MINUTES } from "../protocol.ts";
import { systemError } from "./explainError.ts";

/** Thrown for wrong arguments. `message` says what is wrong; the command's usage is shown with it. */
export class UsageError extends Error {}

type GpuChoice = NonNullable<LocalLoad["gpu"]>;

/** Values of the options for loading. `idleStates`: MiB. */
export type LoadValues = {
  context?: number;
  gpu: GpuChoice;
  gpuLayers?: number;
  threads?: number;
  idleStates?: number;
};
export type ModelValues = LoadValues & { model?: string };
/** Minutes, as in EnginePolicy; undefined if not set. */
export type KeepAliveValues = { keepAlive?: number };

/** How options name a value that is a path: shells complete it. */
export const FILE = "<file>";
export const FOLDER = "<folder>";

export const gpuOption = () =>
  new Option("--gpu <kind>", "the GPU backend to use").choices(GPUS).default("auto" satisfies GpuChoice);

/** `--folder`, as an absolute path. @param what its description. */
export const folderOption = (what: string) => new Option(`--folder ${FOLDER}`, what).argParser(folderAt);

export const proxyOption = () =>
  new Option("--proxy <url>", "an http or https proxy (default: the environment's)").argParser(notEmpty);

/** Adds the options of ModelValues. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(new Option(`--model ${FILE}`, "a GGUF file").argParser(fileAt))
    .option("--context <n>", "context size in tokens", count)
    .addOption(gpuOption())
    .option("--gpu-layers <n>", "layers to put on the GPU (default: as many as fit)", count)
    .option("--threads <n>", "CPU threads (default: chosen by what the model needs)", count)
    .option("--idle-states <n>", "disk space for the states of idle conversations, in MiB (default: 4096)", count);
}

export type RemoteValues = { remote?: string; remoteModel?: string; context?: number };

/** Adds the options of RemoteValues, except for `context`, which addModelOptions adds. */
export function addRemoteOptions(command: Command): Command {
  return command
    .option(
      "--remote <url>",
      "an OpenAI-compatible endpoint instead of a model file; its key is read from NEMOTRON_REMOTE_KEY",
      notEmpty,
    )
    .option("--remote-model <name>", "name of the model at the endpoint (default: the first that it offers)", notEmpty);
}

/** Undefined without an endpoint. The key is read from the environment, because everyone can see arguments. */
export function remoteParams({ remote: baseUrl, remoteModel: model, context }: RemoteValues): LoadParams | undefined {
  if (baseUrl === undefined) return undefined;
  const { NEMOTRON_REMOTE_KEY: apiKey } = process.env;
  return { remote: { baseUrl, model, apiKey }, contextTokens: context };
}

/** `--keep-alive`, in minutes; "always" is -1. */
export const keepAliveOption = () =>
  new Option(
    "--keep-alive <n>",
    'minutes that the model stays loaded after the last program has disconnected, or "always"',
  ).argParser(keepAlive);

function keepAlive(value: string): number {
  if (value === "always") return -1;
  const minutes = count(value);
  if (minutes > MAX_KEEP_ALIVE_MINUTES)
    throw new InvalidArgumentError(`It must be at most ${MAX_KEEP_ALIVE_MINUTES} (a year), or "always".`);
  return minutes;
}

/** The load parameters of these options, without the file. */
export function loadOptions({ context, gpu, gpuLayers, threads, idleStates }: LoadValues): Omit<LocalLoad, "model"> {
  const idleStateBytes = idleStates === undefined ? undefined : idleStates * 1024 ** 2;
  return { contextTokens: context, gpu, gpuLayers, threads, idleStateBytes };
}

/** Parses a whole number. Throws InvalidArgumentError. */
export function count(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}

/** Returns the value. Throws InvalidArgumentError if it is empty or only white space. */
export function notEmpty(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("It is empty.");
  return value;
}

/** Parses the path of a file. A missing file is allowed: the engine reports it. */
function fileAt(value: string): string {
  const file = path.resolve(notEmpty(value));
  const found = lookAt(file);
  if (found?.isDirectory()) throw new InvalidArgumentError("It is a folder. Name a GGUF file.");
  if (found && !found.isFile()) throw new InvalidArgumentError("It is not a regular file. Name a GGUF file.");
  return file;
}

function folderAt(value: string): string {
  const folder = path.resolve(notEmpty(value));
  const found = lookAt(folder);
  if (found && !found.isDirectory()) throw new InvalidArgumentError("It is a file. Name a folder.");
  return folder;
}

function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new InvalidArgumentError(systemError(error as NodeJS.ErrnoException));
  }
}
