/** Checks free disk space before writing, and explains a full disk. */
import { statfs } from "node:fs/promises";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";

/** Space to leave for other programs, bytes. */
const RESERVE = 64 * 1024 ** 2;

/** @param needed bytes. Throws EngineError diskFull. */
export async function expectRoom(folder: string, needed: number): Promise<void> {
  // Some file systems do not report their free space.
  const room = await statfs(folder).catch(() => undefined);
  if (!room || room.blocks === 0) return;
  const free = room.bavail * room.bsize;
  if (needed + RESERVE > free) throw diskFull(needed + RESERVE, free);
}

/** Waits for work that writes. Throws EngineErrors, or the signal's reason. @param missing see diskFailure. */
export async function withDiskErrors<R>(work: Promise<R>, missing: number, signal: AbortSignal): Promise<R> {
  try {
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof EngineError ? error : diskFailure(error, missing);
  }
}

/** EngineError diskFull or downloadFailed. @param missing bytes that are still to be written. */
export function diskFailure(error: unknown, missing: number): EngineError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(missing, 0);
  const reason = t("The models folder cannot be written to ({0}).", code ?? message);
  return new EngineError("downloadFailed", reason, {
    reason,
    next: t("Check the folder and its permissions, then try again."),
  });
}

/** @param needed bytes. @param free bytes. */
function diskFull(needed: number, free: number): EngineError {
  const gb = (bytes: number) => (bytes / 1e9).toFixed(1);
  const reason = t("There is not enough disk space: {0} GB are needed, {1} GB are free.", gb(needed), gb(free));
  const next = t("Free some space, or delete models that you no longer use. What was downloaded is kept.");
  return new EngineError("diskFull", reason, { reason, next });
}
