/** Which failures of a download are worth a retry. */
import { innermost, networkFailureOf } from "../shared/networkErrors.ts";

/** Whether a retry can help: the connection failed, but not because of the identity of the other end. */
export function isPassing(error: unknown): boolean {
  const failure = networkFailureOf(innermost(error).code);
  return failure !== undefined && failure !== "untrusted" && failure !== "noTls";
}

/** The server wants a later retry. */
export class Busy extends Error {
  readonly statusCode: number;
  /** The pause that it asks for, ms. */
  readonly afterMs: number | undefined;

  /** @param retryAfter the header of that name: RFC 9110, 10.2.3: seconds, or a date. */
  constructor(statusCode: number, retryAfter: string | string[] | undefined) {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
    if (typeof retryAfter !== "string") return;
    const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
    if (Number.isFinite(ms)) this.afterMs = Math.max(0, ms);
  }
}

/** Whether a server that answers with this status may answer otherwise later. */
export const isBusy = (status: number) => status === 429 || status >= 500;
