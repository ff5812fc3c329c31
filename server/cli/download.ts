/** `nemotron-server download`: downloads a model of the catalogue, for machines without VS Code. */
import path from "node:path";
import { Argument, Command } from "commander";
import { EngineError } from "../engine/engine.ts";
import { inspectModel } from "../engine/modelFile/inspect.ts";
import { CATALOGUE, type CatalogueEntry, entryById } from "../models/catalogue.ts";
import { download as downloadModel } from "../models/download.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import { progressReporter } from "../models/progressText.ts";
import { explainError } from "./explainError.ts";
import { modelsHere } from "./modelsHere.ts";
import { folderOption, notEmpty, proxyOption, UsageError } from "./options.ts";
import { progressLine } from "./progressLine.ts";

type Values = { acceptLicense?: boolean; folder?: string; mirror?: string; proxy?: string };

/** @param folder the folder of the product's bundles. */
export function downloadCommand(folder: string): Command {
  const model = new Argument("[model]", "its name in the catalogue (default: the one recommended for this machine)");
  return new Command("download")
    .description("download a model of the catalogue; prints its path to stdout, everything else to stderr")
    .addArgument(model)
    .option("--accept-license", "you have read and accept the model's license")
    .addOption(folderOption("where models are kept (default: the usual folder)"))
    .option("--mirror <url>", "use instead of https://huggingface.co; its access token is read from HF_TOKEN", notEmpty)
    .addOption(proxyOption())
    .action((id: string | undefined, values: Values) => download(id, values, folder));
}

/** Throws UsageError, and the file system's error for a folder that cannot be read. */
async function download(id: string | undefined, values: Values, bundles: string): Promise<void> {
  const to = path.resolve(values.folder ?? defaultModelsFolder());
  const entry = id === undefined ? await recommended(bundles, to) : knownModel(id);
  const { mirror, proxy, acceptLicense } = values;
  const options = { acceptLicense, mirror, proxy, accessToken: process.env.HF_TOKEN || undefined };
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => abort.abort(new Error("Stopped. The same command resumes the download.")));
  const line = progressLine();
  const report = progressReporter((text, percent) => line.show(`${Math.floor(percent)} % · ${text}`, percent));
  console.error(`${entry.name}, ${entry.quantization}, from ${entry.repository}`);
  try {
    const deps = { folder: to, inspect: inspectModel };
    const { path: file } = await downloadModel(entry, options, deps, abort.signal, report).finally(line.end);
    console.log(file);
  } catch (error) {
    const unaccepted = error instanceof EngineError && error.code === "licenseNotAccepted";
    console.error(`${explainError(error)}${unaccepted ? " To accept it: --accept-license." : ""}`);
    process.exitCode = 1;
  }
}

/** Throws UsageError, with the list of all models. */
function knownModel(id: string): CatalogueEntry {
  const entry = entryById(id);
  if (!entry) throw new UsageError(`No model is named ${id}. ${all()}`);
  return entry;
}

/** Throws UsageError, with the list of all models. */
async function recommended(bundles: string, folder: string): Promise<CatalogueEntry> {
  const { offers } = await modelsHere({}, bundles, folder);
  const entry = entryById(offers.find((offer) => offer.recommended)?.id ?? "");
  if (!entry) throw new UsageError(`No model can be recommended for this machine. Name one. ${all()}`);
  return entry;
}

const all = () => `Available:\n${CATALOGUE.map((known) => `  ${known.id}`).join("\n")}\n`;
