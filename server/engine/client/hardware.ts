/** Finds the GPUs with a short-lived engine process. */
import { t } from "@vscode/l10n";
import type { Backend, Hardware, LoadParams } from "../../protocol.ts";
import { getTranslations } from "../language.ts";
import type { GpuReport } from "../wire.ts";
import { Child } from "./child.ts";

/** Time-out of a probe, ms. Loading CUDA from a cold disk takes some seconds; a driver that hangs takes forever. */
const TIMEOUT_MS = 20_000;
/** Environment variables that limit the visible devices: CUDA's own, and ggml-vulkan's. */
const VISIBLE: { [B in Backend]?: string } = { cuda: "CUDA_VISIBLE_DEVICES", vulkan: "GGML_VK_VISIBLE_DEVICES" };
/** How many more device numbers to try: Vulkan also numbers unused devices, for example an integrated GPU. */
const UNUSED_DEVICES = 3;

/** The part of `Hardware` that a probe finds. */
export type GpuHardware = Pick<Hardware, "backend" | "gpus" | "unified" | "problem">;
export type ProbeOptions = {
  enginePath: string;
  gpu?: LoadParams["gpu"];
  /** Backends that are known to fail, and are skipped. */
  exclude?: Backend[];
  /** The folder of installed backends (storedPackages.ts). */
  backendsFolder?: string;
  /** Time-out for each process, ms; TIMEOUT_MS when left out. */
  timeoutMs?: number;
  /** Called with each line that the process writes to stderr. */
  log?: (line: string) => void;
};

const NO_GPU: GpuHardware = { backend: "cpu", gpus: [], unified: false };

/** Never throws: a GPU that cannot be probed is not used, and `problem` says why. */
export async function probeGpus(options: ProbeOptions): Promise<GpuHardware> {
  if (options.gpu === "off") return NO_GPU;
  const dead = [...(options.exclude ?? [])];
  const problems: string[] = [];
  for (;;) {
    const { report, backend, died, failure } = await probeOnce(options, dead);
    problems.push(...(failure ? [failure] : []), ...(report?.failures ?? []).map(({ reason }) => reason));
    const problem = problems.length > 0 ? problems.join(" ") : undefined;
    if (report)
      return { backend: report.backend, gpus: await devices(options, report), unified: report.unified, problem };
    // If a requested backend is missing, no other one is used. If it is unknown which backend failed, any of them may
    // be the cause.
    if (!died || !backend || backend === "cpu" || dead.includes(backend)) return { ...NO_GPU, problem };
    dead.push(backend);
  }
}

/** `died`: the process died, or had to be ended. */
type Outcome = { report?: GpuReport; backend?: Backend; died?: boolean; failure?: string };

async function probeOnce(options: ProbeOptions, exclude: Backend[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  const { enginePath, gpu, backendsFolder, timeoutMs = TIMEOUT_MS, log = () => {} } = options;
  let backend: Backend | undefined;
  let late = false;
  const child = new Child(
    enginePath,
    {
      onBackend: (chosen) => {
        backend = chosen;
      },
      onProgress: () => {},
      onLine: log,
      onDeath: () => {},
    },
    { env },
  );
  const timer = setTimeout(() => {
    late = true;
    void child.end("");
  }, timeoutMs);
  try {
    const report = await child.request<GpuReport>({
      type: "probe",
      gpu,
      exclude,
      backendsFolder,
      translations: getTranslations(),
    });
    return { report, backend };
  } catch (error) {
    if (!late && !child.death) return { backend, failure: error instanceof Error ? error.message : String(error) };
    const why = late
      ? t("it did not answer within {0} seconds", Math.round(timeoutMs / 1000))
      : String(child.death?.reason);
    const failure = backend
      ? t("The GPU is not used: {0} failed during the check ({1}).", backend, why)
      : t("The GPU is not used: it could not be checked ({0}).", why);
    return { backend, died: true, failure };
  } finally {
    clearTimeout(timer);
    await child.end("");
  }
}

/**
 * Each device with its memory, bytes. Several devices are probed one by one. If their sum is not the total, the total
 * is split evenly.
 */
async function devices(options: ProbeOptions, { backend, names, total, free }: GpuReport): Promise<Hardware["gpus"]> {
  const evenly = names.map((name) => ({ name, memory: { total: total / names.length, free: free / names.length } }));
  const variable = VISIBLE[backend];
  if (names.length < 2 || !variable) return evenly;
  const indices = process.env[variable]?.split(",") ?? [...Array(names.length + UNUSED_DEVICES).keys()].map(String);
  const missing = [...names];
  const found: Hardware["gpus"] = [];
  for (const index of indices) {
    if (missing.length === 0) break;
    const { report } = await probeOnce({ ...options, gpu: backend as LoadParams["gpu"] }, [], { [variable]: index });
    const at = report?.names.length === 1 ? missing.indexOf(report.names[0]!) : -1;
    if (!report || at < 0) continue;
    missing.splice(at, 1);
    found.push({ name: report.names[0]!, memory: { total: report.total, free: report.free } });
  }
  const sum = found.reduce((bytes, { memory }) => bytes + memory.total, 0);
  return missing.length === 0 && sum === total ? found : evenly;
}
