/** The answer of `nemotron/models`: the catalogue, how each model fits here, which is recommended, and which are here already. */
import type { ModelOffer, ModelsParams, ModelsResult, Status } from "../protocol.ts";
import { CATALOGUE, type CatalogueEntry } from "./catalogue.ts";
import { fitModel, without } from "./fits.ts";
import { readModelsFolder } from "./folder.ts";
import type { HardwareProbe } from "./hardware.ts";
import { recommend } from "./recommend.ts";

export type ModelsDeps = {
  hardware: HardwareProbe;
  folder: string;
  /** Of the engine: the model that it holds would make room for another. */
  status: Status;
};

/** Throws what the file system says of a models folder that cannot be read. */
export async function listModels(
  { contextTokens, gpu, refresh }: ModelsParams,
  { hardware: probe, folder, status }: ModelsDeps,
): Promise<ModelsResult> {
  const [hardware, installed] = await Promise.all([probe.read(folder, gpu, refresh), readModelsFolder(folder)]);
  const available = without(hardware, status.type === "ready" || status.type === "busy" ? status.model : undefined);
  const candidates = CATALOGUE.map((entry) => ({
    entry,
    fit: fitModel(entry, available, { contextTokens }),
    path: installed.path(entry),
    installed: installed.path(entry) !== undefined,
  }));
  const recommended = recommend(candidates, available);
  const offers = candidates.map(
    ({ entry, fit, path }): ModelOffer => ({
      ...offerOf(entry),
      fit,
      recommended: entry.id === recommended,
      path,
      partialBytes: installed.partialBytes(entry),
    }),
  );
  return { hardware, folder, usedBytes: installed.usedBytes, offers };
}

const offerOf = (entry: CatalogueEntry) => ({
  id: entry.id,
  name: entry.name,
  quantization: entry.quantization,
  repository: entry.repository,
  file: entry.file,
  bytes: entry.bytes,
  exact: entry.exact,
  license: entry.license,
  trainedTokens: entry.trainedTokens,
});
