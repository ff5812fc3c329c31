/** Trying again: with pauses that grow, and as the server asks for. */
import { setTimeout as pause } from "node:timers/promises";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { Refused } from "./hub.ts";
import { isPassing, networkFailure } from "./network.ts";

/** What is served is another file than it was: all begins anew, with what the hub says now. */
export class Changed extends Error {}

export type Attempts = {
  /** As the user knows the other end. */
  host: string;
  signal: AbortSignal;
  /** So often in vain before it is given up; 8 when left out. */
  most?: number;
  /** The first pause, ms; each further one is twice as long, up to 30 s. */
  firstPauseMs?: number;
  /** Called before each pause, ms. */
  onPause?: (ms: number) => void;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A server that wants to be left alone for longer is not waited for, ms. */
const LONGEST_WAIT_MS = 120_000;

/**
 * Runs `attempt` until it succeeds. What cannot pass by itself is thrown at once, and what passes not, as an EngineError.
 * @param progressed whether the attempt that has just failed got further than those before it: then counting begins anew.
 */
export async function persist<R>(
  attempt: () => Promise<R>,
  { host, signal, most = 8, firstPauseMs = FIRST_PAUSE_MS, onPause }: Attempts,
  progressed: () => boolean = () => false,
): Promise<R> {
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EngineError || error instanceof Changed) throw error;
      if (!(error instanceof Refused) && !isPassing(error)) throw networkFailure(error, host);
      failures = progressed() ? 1 : failures + 1;
      const ms = pauseAfter(error, failures, firstPauseMs);
      if (failures >= most || ms > LONGEST_WAIT_MS) throw givenUp(error, host);
      onPause?.(ms);
      await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function pauseAfter(error: unknown, failures: number, firstMs: number): number {
  const own = Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return error instanceof Refused ? Math.max(error.afterMs ?? 0, own) : own;
}

function givenUp(error: unknown, host: string): EngineError {
  if (!(error instanceof Refused)) return networkFailure(error, host);
  const reason =
    error.statusCode === 429
      ? t("{0} has had too many requests from here, and wants to be left alone for a while.", host)
      : t("{0} is not able to answer now ({1}).", host, error.statusCode);
  const next = error.afterMs
    ? t("What has come is kept: try again in {0} minutes.", Math.ceil(error.afterMs / 60_000))
    : t("What has come is kept: try again later.");
  return new EngineError("downloadFailed", reason, { reason, next });
}
