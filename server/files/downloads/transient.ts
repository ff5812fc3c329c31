/** Which failures of a download are worth a retry. */
import { innermost, networkFailureOf } from "../../shared/networkErrors.ts";

/** Whether a retry can help: the connection failed, but not over the certificate or TLS. */
export function isTransient(error: unknown): boolean {
  const failure = networkFailureOf(innermost(error).code);
  return failure !== undefined && failure !== "untrusted" && failure !== "noTls";
}

/** The server wants a later retry. */
export class ServerBusy extends Error {
  readonly statusCode: number;
  /** The pause that the server asks for, ms; undefined if it names none. */
  readonly afterMs: number | undefined;

  /** @param retryAfter the header of that name: seconds, or a date (RFC 9110, 10.2.3). */
  constructor(statusCode: number, retryAfter: string | string[] | undefined) {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
    if (typeof retryAfter !== "string") return;
    const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
    if (Number.isFinite(ms)) this.afterMs = Math.max(0, ms);
  }
}

/** Whether a later retry may get another status. */
export const isBusy = (status: number) => status === 429 || status >= 500;
