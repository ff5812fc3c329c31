/** Passes errors between the engine host and its clients, so that each arrives as it was thrown. */
import { t } from "@vscode/l10n";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { EngineError } from "../engine/engine.ts";
import { fromWireError, toWireError } from "../engine/errors.ts";
import type { WireError } from "../engine/wire.ts";

/** `cancelled`: whether the request's own cancel caused the error. */
export function toResponseError(error: unknown, cancelled: boolean): ResponseError<WireError> {
  const data = toWireError(error, cancelled);
  const code = cancelled ? LSPErrorCodes.RequestCancelled : ErrorCodes.InternalError;
  return new ResponseError(code, data.message, data);
}

/** Codes for a connection that broke before an answer. */
const BROKEN = new Set<number>([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);

/** Converts the error of a request to the host; a broken connection becomes EngineError engineCrashed. */
export function fromResponseError(error: unknown): Error {
  if (!(error instanceof ResponseError)) return hostLostError();
  const { data, message } = error as ResponseError<WireError | undefined>;
  if (data && typeof data === "object" && "message" in data) return fromWireError(data);
  return BROKEN.has(error.code) ? hostLostError() : new Error(message);
}

/** For a request whose connection to the host broke. */
export function hostLostError(): EngineError {
  const reason = t("The engine ended unexpectedly.");
  const next = t("It is restarting. Send the request again.");
  return new EngineError("engineCrashed", reason, { reason, next });
}

/** For a request of a client that is shutting down. */
export function clientLeftError(): EngineError {
  const reason = t("The language server was shut down.");
  return new EngineError("engineCrashed", reason, {
    reason,
    next: t("Start it again, then send the request again."),
  });
}
