/** What this machine can run, for commands of the terminal. */
import path from "node:path";
import { Backends } from "../backends/backends.ts";
import { probeGpus } from "../engine/hardware.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import { HardwareProbe } from "../models/hardware.ts";
import { listModels } from "../models/list.ts";
import type { ModelsParams, ModelsResult } from "../protocol.ts";

/** @param bundles their folder. Throws what the file system says of a models folder that cannot be read. */
export function modelsHere(
  wanted: ModelsParams,
  bundles: string,
  folder: string = defaultModelsFolder(),
): Promise<ModelsResult> {
  const enginePath = path.join(bundles, "engine.mjs");
  const backendsFolder = new Backends().folder;
  const hardware = new HardwareProbe((gpu) => probeGpus({ enginePath, gpu, backendsFolder }));
  return listModels(wanted, { hardware, folder: path.resolve(folder), status: { type: "noModel" } });
}

/** Of the files in the models folder the recommended one, or else the best that fits. */
export async function installedModel(wanted: ModelsParams, bundles: string): Promise<string | undefined> {
  const { offers } = await modelsHere(wanted, bundles);
  const here = offers.filter(({ path, fit }) => path !== undefined && fit.type !== "no");
  return (here.find(({ recommended }) => recommended) ?? here[0])?.path;
}
