/** Errors over the wire between the engine's host and its clients: each arrives as what it was. */
import { t } from "@vscode/l10n";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { EngineError } from "../engine/engine.ts";
import { revive, wireError } from "../engine/errors.ts";
import type { WireError } from "../engine/wire.ts";

export function toResponseError(error: unknown, cancelled: boolean): ResponseError<WireError> {
  const data = wireError(error, cancelled);
  const code = cancelled ? LSPErrorCodes.RequestCancelled : ErrorCodes.InternalError;
  return new ResponseError(code, data.message, data);
}

/** The host answered nothing: the connection broke before the request was on its way, or after. */
const BROKEN = new Set<number>([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);

/** Whatever a request to the host was rejected with. */
export function fromResponseError(error: unknown): Error {
  if (!(error instanceof ResponseError)) return hostLost();
  const { data, message } = error as ResponseError<WireError | undefined>;
  if (data && typeof data === "object" && "message" in data) return revive(data);
  return BROKEN.has(error.code) ? hostLost() : new Error(message);
}

export function hostLost(): EngineError {
  const reason = t("The engine ended unexpectedly.");
  const next = t("It is being started again; send the request once more.");
  return new EngineError("engineCrashed", reason, { reason, next });
}

/** Of a client that is being shut down. */
export function left(): EngineError {
  const reason = t("The language server was shut down.");
  return new EngineError("engineCrashed", reason, {
    reason,
    next: t("Start it again, and send the request once more."),
  });
}
