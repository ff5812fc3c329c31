/** `nemotron-server backends`: lists GPU backends, and installs or removes those that are not bundled. */
import { Argument, Command } from "commander";
import { Backends, INSTALLABLE } from "../backends/backends.ts";
import type { InstallProgress } from "../backends/install.ts";
import type { BackendsResult, InstallableBackend } from "../protocol.ts";
import { explainError } from "./explainError.ts";
import { folderOption, notEmpty, proxyOption, UsageError } from "./options.ts";
import { progressLine } from "./progressLine.ts";

const ACTIONS = ["install", "remove"] as const;

type Values = { folder?: string; registry?: string; proxy?: string };

export function backendsCommand(): Command {
  return new Command("backends")
    .description("list the GPU backends; install or remove one that is not bundled")
    .addArgument(new Argument("[action]", "what to do (default: list them)").choices(ACTIONS))
    .addArgument(new Argument("[backend]", "which one").choices(INSTALLABLE))
    .addOption(folderOption("where backends are installed (default: the user's data folder)"))
    .option("--registry <url>", "use instead of https://registry.npmjs.org", notEmpty)
    .addOption(proxyOption())
    .action(backends);
}

/** Throws UsageError. */
async function backends(
  action: (typeof ACTIONS)[number] | undefined,
  backend: InstallableBackend | undefined,
  values: Values,
): Promise<void> {
  if (action !== undefined && !backend)
    throw new UsageError(`Name the backend to ${action}, one of: ${INSTALLABLE.join(", ")}.`);
  const all = new Backends(values.folder);
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort(new Error("Cancelled.")));
  try {
    if (action === "install" && backend) {
      const { registry, proxy } = values;
      const line = progressLine();
      const report = (progress: InstallProgress) => line.show(progressText(progress), percentOf(progress));
      await all.install({ backend, registry, proxy }, report, abort.signal).finally(line.end);
    } else if (backend) await all.remove(backend, abort.signal);
    console.log(table(await all.list()));
  } catch (error) {
    console.error(explainError(error));
    process.exitCode = 1;
  }
}

const percentOf = (progress: InstallProgress) =>
  "total" in progress && progress.total > 0 ? (100 * progress.bytes) / progress.total : 0;

function progressText(progress: InstallProgress): string {
  if (progress.type === "waiting") return "waiting: another process is installing it";
  if (progress.type === "unpacking") return "unpacking";
  return `${Math.floor(progress.bytes / 1e6)} of ${Math.floor(progress.total / 1e6)} MB`;
}

function table({ folder, backends, nvidia, obstacle }: BackendsResult): string {
  const { devices, driver, runtimes } = nvidia;
  const lines = backends.map(({ backend, supported, installed, downloadBytes, diskBytes }) => {
    const size = `${Math.ceil(downloadBytes / 1e6)} MB to download, ${Math.ceil(diskBytes / 1e6)} MB on disk`;
    const state = installed ? "installed" : supported ? `not installed (${size})` : "not for this platform";
    return `${backend.padEnd(8)}${state}`;
  });
  return [
    `Folder  ${folder}`,
    ...lines,
    `NVIDIA  ${devices.join(", ") || "no card"}, driver ${driver ?? "none"}, CUDA runtime ${runtimes.join(", ") || "none"}`,
    ...(obstacle ? [`CUDA would not work here: ${obstacle}`] : []),
  ].join("\n");
}
