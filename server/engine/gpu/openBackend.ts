/** Opens the best backend that works (CUDA, then Vulkan, then the CPU), or the requested one. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { t } from "@vscode/l10n";
import { getLlama, getLlamaGpuTypes, type Llama, LlamaLogLevel } from "node-llama-cpp";
import type { Backend, BackendFailure, LoadParams } from "../../protocol.ts";
import { EngineError } from "../engine.ts";
import { BACKEND_ORDER } from "./backendOrder.ts";
import { cudaObstacle, detectNvidia } from "./nvidia.ts";
import { libraryVersion } from "./storedPackages.ts";

export type OpenOptions = {
  wanted: NonNullable<LoadParams["gpu"]>;
  /** Backends to skip. */
  exclude: Backend[];
  /** Called before a backend is tried. If the process dies afterwards, this backend caused it. */
  onBackend: (backend: Backend) => void;
  /** Called with errors that llama.cpp logs. */
  onError: (message: string) => void;
};
/** `failures`: better backends that did not work. */
export type Opened = { llama: Llama; backend: Backend; failures: BackendFailure[] };

/** Throws EngineError loadFailed if the requested backend cannot be used. */
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

/** The backends to try. For a requested backend: only that one, or those after it if it has ended the engine before. */
async function candidates(wanted: OpenOptions["wanted"], exclude: Backend[]): Promise<Backend[]> {
  if (wanted === "off") return ["cpu"];
  if (wanted !== "auto" && !exclude.includes(wanted)) return [wanted];
  const rest = wanted === "auto" ? BACKEND_ORDER : BACKEND_ORDER.slice(BACKEND_ORDER.indexOf(wanted) + 1);
  const supported = await getLlamaGpuTypes("supported");
  const usable = await Promise.all(
    rest.map(async (backend) => {
      if (backend === "cpu") return true;
      if (exclude.includes(backend) || !(await binaries(backend))) return false;
      // Users who have installed CUDA want to know why it is not used. Vulkan is also installed on machines without a
      // device for it.
      return backend === "cuda" || supported.includes(backend);
    }),
  );
  return rest.filter((_, index) => usable[index]);
}

/** The open backend, or the reason why it does not work; "" when the reason is not worth a message. */
async function tryBackend(backend: Backend, onError: OpenOptions["onError"]): Promise<Llama | string> {
  const llama = await open(backend, onError).catch(() => undefined);
  if (!llama) return findReason(backend);
  // The library also opens a backend that has no devices.
  if (backend === "cpu" || (await llama.getGpuDeviceNames()).length > 0) return llama;
  await llama.dispose();
  return findReason(backend);
}

function open(backend: Backend, onError: OpenOptions["onError"]): Promise<Llama> {
  // For Apple silicon there is a single package of binaries. It runs layers on the CPU unless they are on the GPU.
  const cpu = process.platform === "darwin" && process.arch === "arm64" ? "metal" : false;
  return getLlama({
    gpu: backend === "cpu" ? cpu : backend,
    // Never build or download at run time, and never write to stdout.
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => onError(message.trim()),
    // Only one context computes at a time (process/gate.ts), so no context needs to leave threads to another.
    maxThreads: 0,
  });
}

/** Finds out why a backend does not work, because the library gives no reason. */
async function findReason(backend: Backend): Promise<string> {
  const folder = await binaries(backend);
  if (!folder) return t("It is not installed.");
  const nvidia = await detectNvidia();
  const obstacle = backend === "cuda" ? cudaObstacle(nvidia) : undefined;
  const complaint = obstacle ?? (await loaderError(folder, backend));
  if (complaint) return complaint;
  // A Vulkan loader on a machine without a GPU is common and not a problem.
  const hasGpu = backend === "cuda" || nvidia.devices.length > 0 || hasRenderNode();
  return hasGpu ? t("It found no device that it can use.") : "";
}

/** Linux: whether any GPU has a working kernel driver. */
function hasRenderNode(): boolean {
  try {
    return readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
  } catch {
    return false;
  }
}

const PLATFORM: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", win32: "win", darwin: "mac" };

/** The folder of a GPU backend's binaries, if it is installed in the library's version. */
async function binaries(backend: Backend): Promise<string | undefined> {
  const name = `${PLATFORM[process.platform]}-${process.arch}-${backend}`;
  const found: { getBinsDir?: () => { binsDir: string; packageVersion: string } } = await import(
    `@node-llama-cpp/${name}`
  ).catch(() => ({}));
  const { binsDir, packageVersion } = found.getBinsDir?.() ?? {};
  return binsDir !== undefined && packageVersion === libraryVersion() ? path.join(binsDir, name) : undefined;
}

/** A script that prints why a library cannot be loaded. */
const LOAD_SCRIPT =
  "try { process.dlopen({ exports: {} }, process.argv[1]) } catch (error) { console.log(error.message) }";
/** Time-out for loading a library, ms. The largest ones have 400 MB. */
const LOAD_TIMEOUT_MS = 30_000;

/**
 * The dynamic linker's error message, which names the missing library; undefined without an error. Runs in a process of
 * its own: ggml aborts when a process loads it again after unloading it.
 */
async function loaderError(folder: string, backend: Backend): Promise<string | undefined> {
  const library = readdirSync(folder).find((file) => new RegExp(`^(lib)?ggml-${backend}\\.`).test(file));
  if (!library) return undefined;
  const args = ["-e", LOAD_SCRIPT, path.join(folder, library)];
  // VS Code's Node is Electron, which must be told to act as Node.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const options = { env, timeout: LOAD_TIMEOUT_MS, windowsHide: true };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(() => ({ stdout: "" }));
  // The library is not a Node module. Node notices that only after loading it.
  return /did not self-register/.test(stdout) ? undefined : stdout.split("\n")[0]?.trim() || undefined;
}

async function unavailable(backend: Backend, why: string): Promise<EngineError> {
  const reason = [t("The backend {0} is not available here.", backend), why].filter(Boolean).join(" ");
  const next = (await binaries(backend))
    ? t("Choose another backend, or auto.")
    : t("Install it, or choose another backend, or auto.");
  return new EngineError("loadFailed", reason, { reason, next });
}
