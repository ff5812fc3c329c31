/** Lists the models that this machine can run, for terminal commands. */
import path from "node:path";
import { Backends } from "../backends/backends.ts";
import { probeGpus } from "../engine/client/hardware.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import { HardwareProbe } from "../models/hardware.ts";
import { listModels } from "../models/list.ts";
import type { LocalLoad, ModelsParams, ModelsResult } from "../protocol.ts";
import { loadOptions, type ModelValues, UsageError } from "./options.ts";

/**
 * Throws the file system's error for a models folder that cannot be read.
 * @param bundles the folder of the product's bundles.
 * @param folder the models folder.
 */
export function modelsHere(
  params: ModelsParams,
  bundles: string,
  folder: string = defaultModelsFolder(),
): Promise<ModelsResult> {
  const enginePath = path.join(bundles, "engine.mjs");
  const backendsFolder = new Backends().folder;
  const hardware = new HardwareProbe((gpu) => probeGpus({ enginePath, gpu, backendsFolder }));
  return listModels(params, { hardware, folder: path.resolve(folder), status: { type: "noModel" } });
}

/** What to load: the given file, or a downloaded model. Throws UsageError if there is none. */
export async function modelToLoad(values: ModelValues, bundles: string): Promise<LocalLoad> {
  const load = loadOptions(values);
  const model = values.model ?? (await installedModel(load, bundles));
  if (model !== undefined) return { ...load, model };
  throw new UsageError(
    `No model is given, and ${defaultModelsFolder()} has none that fits. Name a GGUF file with --model, or run "nemotron-server download". "nemotron-server models" lists the models.`,
  );
}

/** The recommended file in the models folder, or else the best one that fits. */
async function installedModel(params: ModelsParams, bundles: string): Promise<string | undefined> {
  const { offers } = await modelsHere(params, bundles);
  const here = offers.filter(({ path, fit }) => path !== undefined && fit.type !== "no");
  return (here.find(({ recommended }) => recommended) ?? here[0])?.path;
}
