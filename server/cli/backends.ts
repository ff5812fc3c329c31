/** `nemotron-server backends`: what GPU backends there are, and installing those that do not come along. */
import { parseArgs } from "node:util";
import { Backends, INSTALLABLE } from "../backends/backends.ts";
import type { InstallProgress } from "../backends/install.ts";
import type { BackendsResult } from "../protocol.ts";
import { explained } from "./explained.ts";
import { UsageError } from "./options.ts";
import { progressLine } from "./progressLine.ts";

export const BACKENDS_USAGE = `nemotron-server backends [install cuda | remove cuda] [options]
  --folder FOLDER    where they are installed; a folder of the user's data when left out
  --registry URL     in place of https://registry.npmjs.org
  --proxy URL        an http or https proxy; what the environment says when left out`;

/** Throws UsageError. */
export async function backends(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { folder: { type: "string" }, registry: { type: "string" }, proxy: { type: "string" } },
  });
  const [action, name, ...more] = positionals;
  const backend = INSTALLABLE.find((known) => known === name);
  if (more.length > 0 || (action !== undefined && (!/^(install|remove)$/.test(action) || !backend)))
    throw new UsageError(`What to do is one of: install, remove; with one of: ${INSTALLABLE.join(", ")}.`);
  const all = new Backends(values.folder);
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort(new Error("Cancelled.")));
  try {
    if (action === "install" && backend) {
      const { registry, proxy } = values;
      const line = progressLine();
      const report = (progress: InstallProgress) => line.show(progressText(progress));
      await all.install({ backend, registry, proxy }, report, abort.signal).finally(line.end);
    } else if (backend) await all.remove(backend, abort.signal);
    console.log(table(await all.list()));
  } catch (error) {
    console.error(explained(error));
    process.exitCode = 1;
  }
}

function progressText(progress: InstallProgress): string {
  if (progress.type === "waiting") return "waiting: another process is installing it";
  if (progress.type === "unpacking") return "unpacking";
  return `${Math.floor(progress.bytes / 1e6)} of ${Math.floor(progress.total / 1e6)} MB`;
}

function table({ folder, backends, nvidia, obstacle }: BackendsResult): string {
  const { devices, driver, runtimes } = nvidia;
  const lines = backends.map(({ backend, supported, installed, downloadBytes, diskBytes }) => {
    const size = `${Math.ceil(downloadBytes / 1e6)} MB to fetch, ${Math.ceil(diskBytes / 1e6)} MB on disk`;
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
