/** What can go wrong with a request, under names that callers can react to. Pure: no editor, no library. */
import { t } from "@vscode/l10n";
import type { CancellationToken } from "vscode";
import { ErrorCode, type ErrorName, type OtherClients, type Refusal, type Status } from "../../server/protocol.ts";
import { refusalText } from "./refusal.ts";

export type ServerErrorCode =
  | ErrorName
  | "cancelled"
  /** The user did not want anything to be sent to a remote engine. */
  | "notAllowed"
  /** The server's process ended before it answered. */
  | "serverDied"
  /** There is no server, and this is nothing to start one for. */
  | "notRunning"
  | "internal";

export type ServerErrorData = Refusal & {
  reason?: string;
  /** What the user can do, in words. */
  next?: string;
  /** Of loadFailed: the name of what is wrong with a remote engine. */
  cause?: string;
  promptTokens?: number;
  contextTokens?: number;
  /** Of notCode: what the model said instead. */
  answer?: string;
};

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
/** JSON-RPC: messages could not be written or read, the connection is inactive, it went before the answer came. */
const CONNECTION_LOST = [-32099, -32098, -32097, -32096];
/** The connection's own errors, closed and disposed, which have the numbers of two of ours, but no data. */
const CONNECTION_CLOSED = [1, 2];

export const cancelled = () => new ServerError("cancelled", t("Cancelled."));
export const serverDied = () =>
  new ServerError("serverDied", t("The language server ended before it answered."), {
    next: t("Try again: the next request restarts the server. The log may show why it ended."),
  });

/** Whatever a request was rejected with. */
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

/** Of a status that says that the user has to decide. */
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

export function rethrow(error: unknown): never {
  throw toServerError(error);
}

/** What does not hear of cancellation itself goes on, but nobody has to wait for it. */
export function orCancelled<T>(promise: Promise<T>, token?: CancellationToken): Promise<T> {
  if (!token) return promise.catch(rethrow);
  return new Promise((resolve, reject) => {
    if (token.isCancellationRequested) reject(cancelled());
    const listener = token.onCancellationRequested(() => reject(cancelled()));
    promise.then(resolve, (error) => reject(toServerError(error))).finally(() => listener.dispose());
  });
}

/** The engine's state as the server tells it, or where there is no server to ask, the server's own. */
export type ServerStatus =
  | Status
  /** It has not been needed yet. */
  | { type: "asleep" }
  | { type: "starting" }
  /** Its process died, or could not be started. `retryInMs`: it is started again by itself after that time. */
  | { type: "down"; reason: string; next: string; retryInMs?: number };
