/** Converts errors to messages between processes and back, and creates the engine's named errors. */
import { t } from "@vscode/l10n";
import { PromptError } from "../nemotron/prompt.ts";
import type { Status } from "../protocol.ts";
import { EngineError } from "./engine.ts";
import type { WireError } from "./wire.ts";

/** `cancelled`: whether the request's own cancel caused the error. */
export function toWireError(error: unknown, cancelled: boolean): WireError {
  if (error instanceof EngineError) return { code: error.code, message: error.message, data: error.data };
  const message = error instanceof Error ? error.message : String(error);
  return { message, badPrompt: error instanceof PromptError, cancelled };
}

/** The error as it was thrown: an EngineError, a PromptError, or an Error. */
export function fromWireError({ code, message, data, badPrompt }: WireError): Error {
  if (code) return new EngineError(code, message, data);
  return badPrompt ? new PromptError(message) : new Error(message);
}

/** For a request to resume a reply that is unknown. */
export function noReplyError(): EngineError {
  const reason = t("The reply is no longer available.");
  return new EngineError("noReply", reason, { reason, next: t("Ask again.") });
}

/** For a call that ends before its closing tag or has the wrong form. */
export function badCallError(): EngineError {
  const reason = t("The model wrote a tool call that cannot be read.");
  return new EngineError("badCall", reason, { reason, next: t("Ask again.") });
}

/** Turns any error while loading a model into EngineError loadFailed. */
export function toLoadFailure(error: unknown): EngineError {
  if (error instanceof EngineError && error.code === "loadFailed") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EngineError("loadFailed", t("The model could not be loaded: {0}", reason), {
    reason,
    next: t("Try a smaller context, another backend, or another model."),
  });
}

/** For a model that could not be loaded, or was given up. */
export const loadFailedError = ({ reason, next }: Extract<Status, { type: "failed" }>) =>
  new EngineError("loadFailed", reason, { reason, next });

/** For a request while no model is loaded or loading. */
export const noModelError = () => new EngineError("noModel", t("No model is loaded. Load one with nemotron/load."));

/** For requests and loads that waited for a model that was then unloaded or replaced. */
export const supersededError = () =>
  new EngineError("noModel", t("The model was unloaded, or another one was loaded instead."), {
    next: t("Load a model."),
  });
