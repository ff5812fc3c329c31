/** Answers `nemotron/models`: the catalogue, how each model fits, the recommended one, and the downloaded ones. */
import type { BackendFailure, Hardware, ModelOffer, ModelsParams, ModelsResult, Status } from "../protocol.ts";
import { CATALOGUE, type CatalogueEntry } from "./catalogue.ts";
import { fitModel, hardwareWithout } from "./fits.ts";
import { readModelsFolder } from "./folder.ts";
import type { HardwareProbe } from "./hardware.ts";
import { recommend } from "./recommend.ts";

export type ModelsDeps = {
  hardware: HardwareProbe;
  folder: string;
  /** The engine's status. A loaded model counts as unloaded, because another one would replace it. */
  status: Status;
};

/** Throws the file system's error for a models folder that cannot be read. */
export async function listModels(
  { contextTokens, gpu, refresh }: ModelsParams,
  { hardware: probe, folder, status }: ModelsDeps,
): Promise<ModelsResult> {
  const loaded = status.type === "ready" || status.type === "busy" ? status.model : undefined;
  const failed = loaded?.failedBackends ?? [];
  const [seen, installed] = await Promise.all([
    probe.read(folder, { gpu, exclude: failed.map(({ backend }) => backend), refresh }),
    readModelsFolder(folder),
  ]);
  const hardware = withProblems(seen, failed);
  const available = hardwareWithout(hardware, loaded);
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

/** A backend that ended the engine with the loaded model would also do so with others. */
function withProblems(hardware: Hardware, failed: BackendFailure[]): Hardware {
  const problems = [...failed.map(({ reason }) => reason), ...(hardware.problem ? [hardware.problem] : [])];
  return problems.length > 0 ? { ...hardware, problem: problems.join(" ") } : hardware;
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
