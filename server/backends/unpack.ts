/** Unpacks a package's archive: only plain files and folders, and only into the folder. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { t } from "@vscode/l10n";
import { type ReadEntry, Unpack } from "tar";
import { makeFolder } from "../files/makeFolder.ts";
import { backendFailed } from "./failure.ts";

/** Maximum size of the content, bytes: more than any backend has. */
const MOST_BYTES = 4 * 1024 ** 3;

/**
 * Throws EngineError backendFailed for an archive with anything else in it, the signal's reason, or the system's error.
 */
export async function unpack(archive: string, folder: string, name: string, signal: AbortSignal): Promise<void> {
  await makeFolder(folder);
  const wrong = new AbortController();
  let bytes = 0;
  const target = new Unpack({
    cwd: folder,
    // npm puts everything into one folder, `package`.
    strip: 1,
    // Anything unexpected is an error instead of being skipped.
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
    t("The archive of {0} contains something unexpected ({1}). Nothing was installed.", name, what),
    t("Do not install it from this registry. Check the setting nemotron.npmRegistry."),
  );

/** Errors of tar and of zlib, which have their own codes. */
const isTarError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && /^(TAR_|Z_|ZLIB_)/.test((error as NodeJS.ErrnoException).code ?? "");
