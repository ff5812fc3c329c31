/** The server's look at the GPUs, by a short-lived engine process. */
import { t } from "@vscode/l10n";
import type { Backend, Hardware, LoadParams } from "../protocol.ts";
import { Child } from "./child.ts";
import { spoken } from "./language.ts";
import type { GpuReport } from "./probe.ts";

/** Loading CUDA on a cold disk takes some seconds; a driver that hangs takes for ever. */
const TIMEOUT_MS = 20_000;
/** Which devices a process may see, by the environment: CUDA's own variable, and ggml-vulkan's. */
const VISIBLE: { [B in Backend]?: string } = { cuda: "CUDA_VISIBLE_DEVICES", vulkan: "GGML_VK_VISIBLE_DEVICES" };
/** Vulkan counts devices that are not used as well, such as the integrated GPU beside two others. */
const UNUSED_DEVICES = 3;

export type GpuHardware = Pick<Hardware, "backend" | "gpus" | "unified" | "problem">;
export type ProbeOptions = {
  enginePath: string;
  gpu?: LoadParams["gpu"];
  /** Backends that are known to fail, and are not looked at. */
  exclude?: Backend[];
  /** Where backends were installed (storedPackages.ts). */
  backendsFolder?: string;
  timeoutMs?: number;
  /** Gets each line that the process writes to stderr. */
  log?: (line: string) => void;
};

const NO_GPU: GpuHardware = { backend: "cpu", gpus: [], unified: false };

/** Never throws: what cannot be probed is not used, and `problem` says why. */
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
    // One that is asked for and not there is no reason to use another, and without knowing which it was, all may be it.
    if (!died || !backend || backend === "cpu" || dead.includes(backend)) return { ...NO_GPU, problem };
    dead.push(backend);
  }
}

/** `died`: or had to be ended. */
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
      translations: spoken(),
    });
    return { report, backend };
  } catch (error) {
    if (!late && !child.death) return { backend, failure: error instanceof Error ? error.message : String(error) };
    const why = late
      ? t("it did not answer within {0} seconds", Math.round(timeoutMs / 1000))
      : String(child.death?.reason);
    const failure = backend
      ? t("The GPU is not used: {0} failed while it was looked at ({1}).", backend, why)
      : t("The GPU is not used: looking at it failed ({0}).", why);
    return { backend, died: true, failure };
  } finally {
    clearTimeout(timer);
    await child.end("");
  }
}

/** Each device with its memory. Several are looked at one by one; if that does not add up, the sum is shared out evenly. */
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
