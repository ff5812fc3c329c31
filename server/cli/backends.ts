/** `nemotron-server backends`: what GPU backends there are, and installing those that do not come along. */
import { parseArgs } from "node:util";
import { Backends, INSTALLABLE } from "../backends/backends.ts";
import type { InstallProgress } from "../backends/install.ts";
import { EngineError } from "../engine/engine.ts";
import type { BackendsResult } from "../protocol.ts";
import { UsageError } from "./options.ts";

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
      await all.install({ backend, registry, proxy }, progressLine(), abort.signal);
      console.error("");
    } else if (backend) await all.remove(backend, abort.signal);
    console.log(table(await all.list()));
  } catch (error) {
    const { next } = error instanceof EngineError ? error.data : {};
    console.error(`\n${error instanceof Error ? error.message : error}${next ? `\n${next}` : ""}`);
    process.exitCode = 1;
  }
}

/** One line that is written over, and only when it says something else. */
function progressLine(): (progress: InstallProgress) => void {
  let shown = "";
  return (progress) => {
    const text = progressText(progress);
    if (text !== shown) process.stderr.write(`\r\u001b[K${text}`);
    shown = text;
  };
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
