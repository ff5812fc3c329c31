/** Retries with growing pauses, or with the pauses that the server asks for. */
import { setTimeout as pause } from "node:timers/promises";
import { pauseAfter } from "../../shared/backOff.ts";
import { isTransient, ServerBusy } from "./transient.ts";

/** The server has another file than before: the download must start over. */
export class FileChanged extends Error {}

export type Attempts = {
  signal: AbortSignal;
  /** Number of attempts without progress before giving up; 8 by default. */
  most?: number;
  /** The first pause, ms; each further one is twice as long, up to 30 s. */
  firstPauseMs?: number;
  /** Called before each pause with its length, ms. */
  onPause?: (ms: number) => void;
  /** The error to throw for a failed connection, a server that stays busy, or what the attempt itself threw. */
  finalError: (error: unknown) => unknown;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A server that asks for a longer pause than this is given up, ms. */
const LONGEST_WAIT_MS = 120_000;

/**
 * Runs `attempt` until it succeeds. Permanent errors throw at once, transient ones after the last retry.
 * @param progressed whether the failed attempt got further than earlier ones. Then counting starts over.
 */
export async function retry<R>(
  attempt: () => Promise<R>,
  { signal, most = 8, firstPauseMs = FIRST_PAUSE_MS, onPause, finalError }: Attempts,
  progressed: () => boolean = () => false,
): Promise<R> {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FileChanged) throw error;
      if (!(error instanceof ServerBusy) && !isTransient(error)) throw finalError(error);
      failures = progressed() ? 1 : failures + 1;
      const ms = pauseBefore(error, failures, firstPauseMs);
      if (failures >= most || ms > LONGEST_WAIT_MS) throw finalError(error);
      onPause?.(ms);
      await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function pauseBefore(error: unknown, failures: number, firstMs: number): number {
  const own = Math.min(pauseAfter(failures, firstMs), LONGEST_PAUSE_MS);
  return error instanceof ServerBusy ? Math.max(error.afterMs ?? 0, own) : own;
}
