/** The requests that add and remove model files. */
import { type Connection, ErrorCodes, ResponseError } from "vscode-languageserver";
import type { Engine } from "../engine/engine.ts";
import { inspectModel } from "../engine/modelFile/inspect.ts";
import { CATALOGUE, type CatalogueEntry, entryById } from "../models/catalogue.ts";
import { deleteModel } from "../models/deleteModel.ts";
import { type DownloadDeps, download, modelPath } from "../models/download.ts";
import { importModel } from "../models/importModel.ts";
import { progressReporter } from "../models/progressText.ts";
import type { DeleteModelParams, DownloadParams, DownloadResult, ImportParams } from "../protocol.ts";
import { withWorkDone } from "./workDone.ts";

/** `folder`: the models folder. */
export type ModelFilesDeps = { connection: Connection; engine: Engine; folder: string };

/** Throws the errors of download.ts, and ResponseError for an unknown model. */
export async function downloadModel(
  params: DownloadParams,
  deps: ModelFilesDeps,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const entry = entryOf(params.id);
  return withWorkDone(deps.connection, params.workDoneToken, entry.name, (report) =>
    download(entry, params, filesIn(deps.folder), signal, progressReporter(report)),
  );
}

/** Throws the errors of importModel.ts. */
export async function importFile(
  params: ImportParams,
  deps: ModelFilesDeps,
  signal: AbortSignal,
): Promise<DownloadResult> {
  return withWorkDone(deps.connection, params.workDoneToken, params.path, (report) =>
    importModel(params, CATALOGUE, filesIn(deps.folder), signal, progressReporter(report)),
  );
}

/**
 * Deletes a downloaded model. A loaded model is unloaded first, because some systems cannot remove a file in use.
 * Throws ResponseError for an unknown model.
 */
export async function removeModel({ id }: DeleteModelParams, { engine, folder }: ModelFilesDeps): Promise<null> {
  const entry = entryOf(id);
  const { status } = engine;
  const file = modelPath(folder, entry);
  if ((status.type === "ready" || status.type === "busy") && status.model.path === file) await engine.unload();
  await deleteModel(entry, folder);
  return null;
}

function entryOf(id: string): CatalogueEntry {
  const entry = entryById(id);
  if (!entry) throw new ResponseError(ErrorCodes.InvalidParams, `There is no model ${id}.`);
  return entry;
}

const filesIn = (folder: string): DownloadDeps => ({ folder, inspect: inspectModel });
