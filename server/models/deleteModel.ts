/** Deletes a model's file, and its unfinished download. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { isLocked } from "../files/lock.ts";
import { type DownloadableModel, lockPath, modelPath } from "./download.ts";
import { removePart } from "./partFile.ts";
import { removeVerified } from "./verified.ts";

/** Throws EngineError downloadFailed while the model is being downloaded, or if the file cannot be removed. */
export async function deleteModel(model: DownloadableModel, folder: string): Promise<void> {
  const file = modelPath(folder, model);
  if (await isLocked(lockPath(file))) {
    const reason = t("{0} is being downloaded in this window or another one.", model.name);
    throw new EngineError("downloadFailed", reason, { reason, next: t("Cancel the download first.") });
  }
  try {
    await removeVerified(file);
    await removePart(file);
  } catch (error) {
    const reason = t("The file could not be deleted ({0}).", (error as NodeJS.ErrnoException).code ?? String(error));
    throw new EngineError("downloadFailed", reason, {
      reason,
      next: t("Close other programs that use it, and try again."),
    });
  }
}
