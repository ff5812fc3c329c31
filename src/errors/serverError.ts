/** What can go wrong with a request, under names that callers can react to. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { CancellationToken } from "vscode";
import { ErrorCode, type ErrorName, type OtherClients, type Refusal, type Status } from "../../server/protocol.ts";
import { refusalText } from "./refusal.ts";

export type ServerErrorCode =
  | ErrorName
  | "cancelled"
  /** The user did not allow anything to be sent to a remote engine. */
  | "notAllowed"
  /** The server's process ended before it answered. */
  | "serverDied"
  /** There is no server, and the request does not start one. */
  | "notRunning"
  | "internal";

/** Facts about an error. Which ones are set depends on its code. */
export type ServerErrorData = Refusal & {
  reason?: string;
  /** What the user can do, in words. */
  next?: string;
  /** Of loadFailed: the name of the remote engine's own error. */
  cause?: string;
  promptTokens?: number;
  contextTokens?: number;
  /** Of notCode: what the model said instead. */
  answer?: string;
};

/** What every failed request rejects with. `message` is in words for the user. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly data: ServerErrorData;

  constructor(code: ServerErrorCode, message: string, data: ServerErrorData = {}) {
    super(message);
    this.name = "ServerError";
    this.code = code;
    this.data = data;
  }
}

/** LSP: RequestCancelled, ServerCancelled. */
const CANCELLED = [-32800, -32802];
/** vscode-jsonrpc: messages could not be written or read, or the connection is inactive or ended before the answer. */
const CONNECTION_LOST = [-32099, -32098, -32097, -32096];
/** vscode-jsonrpc's ConnectionErrors Closed and Disposed. Two protocol errors have the same numbers, but carry data. */
const CONNECTION_CLOSED = [1, 2];

/** The error of a request that was cancelled. */
export const cancelled = () => new ServerError("cancelled", t("Cancelled."));
/** The error of a request whose server ended before it answered. */
export const serverDied = () =>
  new ServerError("serverDied", t("The language server ended before it answered."), {
    next: t("Try again: the next request restarts the server. The log may show why it ended."),
  });

/** Converts whatever a request was rejected with. */
export function toServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const { code, message, data } = record(error);
  const text = typeof message === "string" && message !== "" ? message : String(error);
  const { name, ...facts } = record(data);
  if (typeof name === "string" && isErrorName(name)) return named(name, text, errorData(facts));
  if (typeof code === "number" && CANCELLED.includes(code)) return cancelled();
  if (typeof code === "number" && (CONNECTION_LOST.includes(code) || CONNECTION_CLOSED.includes(code)))
    return serverDied();
  return new ServerError("internal", text, errorData(facts));
}

/** The error behind a status in which the user has to decide. */
export const refusedError = ({ type: _, ...data }: Extract<Status, { type: "refused" }>): ServerError =>
  toServerError({ message: data.reason, data });

function named(name: ErrorName, text: string, data: ServerErrorData): ServerError {
  const { message, next } = refusalText(name, data) ?? { message: text, next: data.next };
  return new ServerError(name, message, { ...data, ...(next !== undefined && { next }) });
}

const isErrorName = (name: string): name is ErrorName => Object.hasOwn(ErrorCode, name);

function errorData(facts: Record<string, unknown>): ServerErrorData {
  const { reason, next, cause, promptTokens, contextTokens, loaded, path, wanted, others } = facts;
  return {
    ...(typeof reason === "string" && { reason }),
    ...(typeof next === "string" && { next }),
    ...(typeof cause === "string" && { cause }),
    ...(typeof promptTokens === "number" && { promptTokens }),
    ...(typeof contextTokens === "number" && { contextTokens }),
    ...(typeof loaded === "string" && { loaded }),
    ...(typeof path === "string" && { path }),
    ...(typeof wanted === "string" && { wanted }),
    ...(typeof others === "object" && others !== null && { others: otherClients(others) }),
  };
}

function otherClients(value: object): OtherClients {
  const { windows, editors, terminals, busy } = record(value);
  const count = (number: unknown) => (typeof number === "number" ? number : 0);
  return { windows: count(windows), editors: count(editors), terminals: count(terminals), busy: busy === true };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Throws a ServerError for whatever was caught. */
export function rethrow(error: unknown): never {
  throw toServerError(error);
}

/** Rejects with cancelled as soon as the token is cancelled. The work itself continues. */
export function orCancelled<T>(promise: Promise<T>, token?: CancellationToken): Promise<T> {
  if (!token) return promise.catch(rethrow);
  return new Promise((resolve, reject) => {
    if (token.isCancellationRequested) reject(cancelled());
    const listener = token.onCancellationRequested(() => reject(cancelled()));
    promise.then(resolve, (error) => reject(toServerError(error))).finally(() => listener.dispose());
  });
}

/** The engine's state as the server reports it, or without a running server, the server's own state. */
export type ServerStatus =
  | Status
  /** The server has not been needed yet. */
  | { type: "asleep" }
  | { type: "starting" }
  /** Its process died, or could not be started. `retryInMs`: it restarts automatically after this time, ms. */
  | { type: "down"; reason: string; next: string; retryInMs?: number };
