/** Violations of the product's promises, and how they are found. */
import { ErrorCode } from "../../server/protocol.ts";

export type Violation = { what: string; detail: string };

const NAMES = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));
/** A message without `next` must have two sentences: what happened, and what to do. */
const TWO_SENTENCES = /[.!?)] \S.*[.!?]$/s;

/** The error of a failed request, as JSON-RPC has it. */
export type Failure = { code?: number; message: string; data?: Record<string, unknown> };

/** What a failed request's error lacks: a known name, and words for what happened and what comes next. */
export function errorFault({ code, message, data }: Failure): string | undefined {
  const name = NAMES.get(code ?? 0);
  if (!name || data?.name !== name) return `an error without a name: ${code} ${message}`;
  if (!message) return `no message of ${name}`;
  if (!data.next && !TWO_SENTENCES.test(message)) return `${name} does not say what next: ${message}`;
  return undefined;
}

export const nameOfError = (code = 0) => NAMES.get(code);

/** The rejection of a request that takes too long. */
export class Hang extends Error {}

/** Rejects with Hang after `ms`. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  promise.catch(() => {});
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Hang(`${what} took more than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
