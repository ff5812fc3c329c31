/** Unpacks a package's archive: plain files and folders, into the folder and nowhere else. */
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { t } from "@vscode/l10n";
import { type ReadEntry, Unpack } from "tar";
import { backendFailed } from "./failure.ts";

/** More than any backend has, bytes: an archive that grows beyond it is none. */
const MOST_BYTES = 4 * 1024 ** 3;

/** Throws EngineError backendFailed for an archive with anything else in it, the signal's reason, or what the system throws. */
export async function unpack(archive: string, folder: string, name: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const wrong = new AbortController();
  let bytes = 0;
  const target = new Unpack({
    cwd: folder,
    // npm puts everything into one folder, `package`.
    strip: 1,
    // Whatever is not as it should be ends it, in place of being passed over.
    strict: true,
    filter: (file, entry) => {
      bytes += entry.size ?? 0;
      if (bytes > MOST_BYTES || !isPlain(file, entry)) wrong.abort(notAPackage(name, file));
      return !wrong.signal.aborted;
    },
  });
  try {
    await pipeline(createReadStream(archive), target, { signal: AbortSignal.any([signal, wrong.signal]) });
    wrong.signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    wrong.signal.throwIfAborted();
    throw isTarError(error) ? notAPackage(name, error.message) : error;
  }
}

function isPlain(file: string, entry: ReadEntry | { isFile(): boolean }): boolean {
  const kind = "type" in entry ? entry.type : "";
  const leadsOut = /^([\\/]|[a-z]:)/i.test(file) || file.split(/[\\/]/).includes("..");
  return (kind === "File" || kind === "OldFile" || kind === "Directory") && !leadsOut;
}

const notAPackage = (name: string, what: string) =>
  backendFailed(
    t("The archive of {0} holds what no package of binaries holds ({1}); nothing of it was installed.", name, what),
    t("Do not install it from there: check the setting nemotron.npmRegistry."),
  );

/** Of tar and of zlib, whose codes are their own. */
const isTarError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && /^(TAR_|Z_|ZLIB_)/.test((error as NodeJS.ErrnoException).code ?? "");
