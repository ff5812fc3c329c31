/** What those are told who wait for a model that does not come. */
import { t } from "@vscode/l10n";
import type { Status } from "../protocol.ts";
import { EngineError } from "./engine.ts";

export function loadFailure(error: unknown): EngineError {
  if (error instanceof EngineError && error.code === "loadFailed") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EngineError("loadFailed", t("The model could not be loaded: {0}", reason), {
    reason,
    next: t("Try a smaller context, another backend, or another model."),
  });
}

export const failed = ({ reason, next }: Extract<Status, { type: "failed" }>) =>
  new EngineError("loadFailed", reason, { reason, next });

export const superseded = () =>
  new EngineError("noModel", t("The model was unloaded, or another one was loaded instead."));
