/** Downloads a package's archive, and checks it against the registry's hash. */
import { rm } from "node:fs/promises";
import { t } from "@vscode/l10n";
import { GrowingFile } from "../files/downloads/growingFile.ts";
import { FileChanged } from "../files/downloads/retry.ts";
import { transfer } from "../files/downloads/transfer.ts";
import { isBusy, ServerBusy } from "../files/downloads/transient.ts";
import { backendFailed } from "./failure.ts";
import { type Registry, type Release, statusError } from "./registry.ts";

/** How many times in a row to try, and the first pause, ms. */
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 300;
/** How many times to start over when the archive changes during the download. */
const MOST_CHANGES = 3;

/** Bytes so far, and the total if known. */
export type OnBytes = (received: number, total: number | undefined) => void;

/** @param target a new file. Throws EngineError backendFailed, the signal's reason, or the system's error. */
export async function fetchArchive(
  { network }: Registry,
  { name, tarball, sha512 }: Release,
  target: string,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<void> {
  const file = await GrowingFile.create(target, "sha512");
  const once = () =>
    transfer({
      url: tarball.href,
      network,
      file,
      onBytes,
      attempts: {
        signal,
        most: MOST_ATTEMPTS,
        firstPauseMs: FIRST_PAUSE_MS,
        finalError: (error) => (error instanceof ServerBusy ? statusError(tarball, error.statusCode) : error),
      },
      refusal: async ({ statusCode, headers, body }) => {
        await body.dump().catch(() => {});
        return isBusy(statusCode)
          ? new ServerBusy(statusCode, headers["retry-after"])
          : statusError(tarball, statusCode);
      },
    });
  try {
    for (let changes = 0; changes <= MOST_CHANGES; changes++) {
      try {
        await once();
        if (file.digest("base64") === sha512) return;
        break;
      } catch (error) {
        if (!(error instanceof FileChanged)) throw error;
        await file.startOver();
      }
    }
  } finally {
    await file.close();
  }
  await rm(target, { force: true });
  throw backendFailed(
    t("The download of {0} does not match what the registry announced and was discarded.", name),
    t("Try again. If this happens again, the registry or a proxy is changing files: ask its administrator."),
  );
}
