/** `nemotron-server download`: a model of the catalogue, for machines without VS Code. */
import path from "node:path";
import { parseArgs } from "node:util";
import { EngineError } from "../engine/engine.ts";
import { inspectModel } from "../engine/inspect.ts";
import { CATALOGUE, type CatalogueEntry, entryById } from "../models/catalogue.ts";
import { download as bring } from "../models/download.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import { progressReporter } from "../models/progressText.ts";
import { explained } from "./explained.ts";
import { modelsHere } from "./modelsHere.ts";
import { UsageError } from "./options.ts";
import { progressLine } from "./progressLine.ts";

export const DOWNLOAD_USAGE = `nemotron-server download [MODEL] [options]     MODEL as nemotron-nano-9b-v2-q4_k_m;
                   what is recommended for this machine when left out
  --accept-license you have read the model's license, and accept it
  --folder DIR     where models are kept, if not in the usual place
  --mirror URL     in place of https://huggingface.co; a token for it in HF_TOKEN
  --proxy URL      an http or https proxy; what the environment says when left out`;

/**
 * The file's path goes to stdout, all else to stderr.
 *
 * @param folder of the bundles. Throws UsageError, and what the file system says of a folder that cannot be read.
 */
export async function download(args: string[], folder: string): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      "accept-license": { type: "boolean" },
      folder: { type: "string" },
      mirror: { type: "string" },
      proxy: { type: "string" },
    },
  });
  if (positionals.length > 1) throw new UsageError("One model at a time.");
  const to = path.resolve(values.folder ?? defaultModelsFolder());
  const entry = await entryOf(positionals[0], folder, to);
  const { mirror, proxy, "accept-license": acceptLicense } = values;
  const options = { acceptLicense, mirror, proxy, accessToken: process.env.HF_TOKEN || undefined };
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => abort.abort(new Error("Stopped. The same command goes on from there.")));
  const line = progressLine();
  const report = progressReporter((text, percent) => line.show(`${Math.floor(percent)} % · ${text}`));
  console.error(`${entry.name}, ${entry.quantization}, from ${entry.repository}`);
  try {
    const deps = { folder: to, inspect: inspectModel };
    const { path: file } = await bring(entry, options, deps, abort.signal, report).finally(line.end);
    console.log(file);
  } catch (error) {
    const unaccepted = error instanceof EngineError && error.code === "licenseNotAccepted";
    console.error(`${explained(error)}${unaccepted ? " To accept it: --accept-license." : ""}`);
    process.exitCode = 1;
  }
}

/** Throws UsageError, with all there are. */
async function entryOf(id: string | undefined, bundles: string, folder: string): Promise<CatalogueEntry> {
  const entry = entryById(id ?? (await recommended(bundles, folder)) ?? "");
  if (entry) return entry;
  const problem = id === undefined ? "None can be recommended for this machine; name one." : `There is no model ${id}.`;
  throw new UsageError(`${problem} There are:\n${CATALOGUE.map((known) => `  ${known.id}`).join("\n")}`);
}

async function recommended(bundles: string, folder: string): Promise<string | undefined> {
  const { offers } = await modelsHere({}, bundles, folder);
  return offers.find((offer) => offer.recommended)?.id;
}
