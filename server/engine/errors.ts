/** Errors on their way between processes. */
import { t } from "@vscode/l10n";
import { PromptError } from "../nemotron/prompt.ts";
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
