/** Errors on their way between processes. */
import { t } from "@vscode/l10n";
import { PromptError } from "../nemotron/prompt.ts";
import type { Status } from "../protocol.ts";
import { EngineError } from "./engine.ts";
import type { WireError } from "./wire.ts";

export function wireError(error: unknown, cancelled: boolean): WireError {
  if (error instanceof EngineError) return { code: error.code, message: error.message, data: error.data };
  const message = error instanceof Error ? error.message : String(error);
  return { message, badPrompt: error instanceof PromptError, cancelled };
}

export function revive({ code, message, data, badPrompt }: WireError): Error {
  if (code) return new EngineError(code, message, data);
  return badPrompt ? new PromptError(message) : new Error(message);
}

export function noReply(): EngineError {
  const reason = t("The reply is not there any more.");
  return new EngineError("noReply", reason, { reason, next: t("Ask again.") });
}

/** Whatever kept a model from being loaded. */
export function loadFailure(error: unknown): EngineError {
  if (error instanceof EngineError && error.code === "loadFailed") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EngineError("loadFailed", t("The model could not be loaded: {0}", reason), {
    reason,
    next: t("Try a smaller context, another backend, or another model."),
  });
}

/** Of a model that could not be loaded, or was given up. */
export const failed = ({ reason, next }: Extract<Status, { type: "failed" }>) =>
  new EngineError("loadFailed", reason, { reason, next });

export const noModel = () => new EngineError("noModel", t("No model is loaded. Load one with nemotron/load."));

export const superseded = () =>
  new EngineError("noModel", t("The model was unloaded, or another one was loaded instead."), {
    next: t("Load a model."),
  });
