/** The best backend that works: CUDA before Vulkan before the CPU, or the one that is asked for. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { t } from "@vscode/l10n";
import { getLlama, getLlamaGpuTypes, type Llama, LlamaLogLevel } from "node-llama-cpp";
import type { Backend, BackendFailure, LoadParams } from "../protocol.ts";
import { BACKEND_ORDER } from "./deadBackends.ts";
import { EngineError } from "./engine.ts";
import { cudaObstacle, detectNvidia } from "./nvidia.ts";
import { libraryVersion } from "./storedPackages.ts";

export type OpenOptions = {
  wanted: NonNullable<LoadParams["gpu"]>;
  /** Backends that are not to be tried. */
  exclude: Backend[];
  /** A backend is about to be tried; if the process dies from here on, it is this one that died. */
  onBackend: (backend: Backend) => void;
  /** What llama.cpp complains of. */
  onError: (message: string) => void;
};
export type Opened = { llama: Llama; backend: Backend; failures: BackendFailure[] };

/** Throws EngineError loadFailed where the backend that is asked for cannot be used. */
export async function openBackend({ wanted, exclude, onBackend, onError }: OpenOptions): Promise<Opened> {
  const failures: BackendFailure[] = [];
  for (const backend of await candidates(wanted, exclude)) {
    onBackend(backend);
    const result = await tryBackend(backend, onError);
    if (typeof result !== "string") return { llama: result, backend, failures };
    if (backend === wanted) throw await unavailable(backend, result);
    if (result !== "") failures.push({ backend, reason: t("{0} is not used: {1}", backend, result) });
  }
  throw await unavailable("cpu", t("Its binaries could not be loaded."));
}

/** By name: that one, and what comes after it only where it has ended the engine before. */
async function candidates(wanted: OpenOptions["wanted"], exclude: Backend[]): Promise<Backend[]> {
  if (wanted === "off") return ["cpu"];
  if (wanted !== "auto" && !exclude.includes(wanted)) return [wanted];
  const rest = wanted === "auto" ? BACKEND_ORDER : BACKEND_ORDER.slice(BACKEND_ORDER.indexOf(wanted) + 1);
  const supported = await getLlamaGpuTypes("supported");
  const usable = await Promise.all(
    rest.map(async (backend) => {
      if (backend === "cpu") return true;
      if (exclude.includes(backend) || !(await binaries(backend))) return false;
      // Whoever installed CUDA wants to be told why it is not used; Vulkan is there on machines that have nothing for it.
      return backend === "cuda" || supported.includes(backend);
    }),
  );
  return rest.filter((_, index) => usable[index]);
}

/** The open backend, or why there is none; "" where that is nothing to speak of. */
async function tryBackend(backend: Backend, onError: OpenOptions["onError"]): Promise<Llama | string> {
  const llama = await open(backend, onError).catch(() => undefined);
  if (!llama) return whyNot(backend);
  // The library calls a backend usable that has no device.
  if (backend === "cpu" || (await llama.getGpuDeviceNames()).length > 0) return llama;
  await llama.dispose();
  return whyNot(backend);
}

function open(backend: Backend, onError: OpenOptions["onError"]): Promise<Llama> {
  // For Apple's chips there is one package of binaries, which runs what is not put on the GPU on the CPU.
  const cpu = process.platform === "darwin" && process.arch === "arm64" ? "metal" : false;
  return getLlama({
    gpu: backend === "cpu" ? cpu : backend,
    // Building or downloading at run time is out of the question, and stdout belongs to nobody.
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => onError(message.trim()),
    // Our gate lets one context compute at a time, so none has to leave threads to another.
    maxThreads: 0,
  });
}

/** The library does not tell. */
async function whyNot(backend: Backend): Promise<string> {
  const folder = await binaries(backend);
  if (!folder) return t("It is not installed.");
  const nvidia = await detectNvidia();
  const obstacle = backend === "cuda" ? cudaObstacle(nvidia) : undefined;
  const complaint = obstacle ?? (await loaderSays(folder, backend));
  if (complaint) return complaint;
  // A Vulkan loader on a machine without a GPU is common, and nothing that went wrong.
  const hasGpu = backend === "cuda" || nvidia.devices.length > 0 || hasRenderNode();
  return hasGpu ? t("It found no device that it can use.") : "";
}

/** Linux: of any GPU whose kernel driver runs. */
function hasRenderNode(): boolean {
  try {
    return readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
  } catch {
    return false;
  }
}

const PLATFORM: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", win32: "win", darwin: "mac" };

/** The folder of a GPU backend's binaries, where they are here in the version of the library. */
async function binaries(backend: Backend): Promise<string | undefined> {
  const name = `${PLATFORM[process.platform]}-${process.arch}-${backend}`;
  const found: { getBinsDir?: () => { binsDir: string; packageVersion: string } } = await import(
    `@node-llama-cpp/${name}`
  ).catch(() => ({}));
  const { binsDir, packageVersion } = found.getBinsDir?.() ?? {};
  return binsDir !== undefined && packageVersion === libraryVersion() ? path.join(binsDir, name) : undefined;
}

/** Prints why a library cannot be loaded. */
const LOADING = "try { process.dlopen({ exports: {} }, process.argv[1]) } catch (error) { console.log(error.message) }";
/** The largest have 400 MB, ms. */
const LOADING_MS = 30_000;

/**
 * What the dynamic linker complains of: it names the library that is missing. Undefined where it is content. In a process of
 * its own: ggml aborts when it is loaded again into one that has let go of it.
 */
async function loaderSays(folder: string, backend: Backend): Promise<string | undefined> {
  const library = readdirSync(folder).find((file) => new RegExp(`^(lib)?ggml-${backend}\\.`).test(file));
  if (!library) return undefined;
  const args = ["-e", LOADING, path.join(folder, library)];
  // VS Code's Node is Electron, which has to be told that it is to be Node.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const options = { env, timeout: LOADING_MS, windowsHide: true };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(() => ({ stdout: "" }));
  // It is no module of Node's, which is found out after it has been loaded.
  return /did not self-register/.test(stdout) ? undefined : stdout.split("\n")[0]?.trim() || undefined;
}

async function unavailable(backend: Backend, why: string): Promise<EngineError> {
  const reason = [t("The backend {0} is not available here.", backend), why].filter(Boolean).join(" ");
  const next = (await binaries(backend))
    ? t("Choose another backend, or auto.")
    : t("Install it, or choose another backend, or auto.");
  return new EngineError("loadFailed", reason, { reason, next });
}
