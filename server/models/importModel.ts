/** Imports a user's own model file from a disk: checks it like a download, then uses it in place or copies it. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { exists } from "../files/exists.ts";
import { acquire } from "../files/lock.ts";
import { makeFolder } from "../files/makeFolder.ts";
import type { DownloadResult, ImportParams } from "../protocol.ts";
import { diskFailure, expectRoom, withDiskErrors } from "./disk.ts";
import { type DownloadableModel, type DownloadDeps, lockPath, type OnDownload } from "./download.ts";
import { noteVerified, readVerifiedNote, sha256Of } from "./verified.ts";

/** Throws EngineError loadFailed, notVerified, diskFull or downloadFailed; or the signal's reason. */
export async function importModel(
  { path: source, copy }: Pick<ImportParams, "path" | "copy">,
  catalogue: readonly DownloadableModel[],
  deps: DownloadDeps,
  signal: AbortSignal,
  report: OnDownload,
): Promise<DownloadResult> {
  await deps.inspect(source);
  const total = (await stat(source)).size;
  const checking = (bytes: number) => report({ stage: "checking", bytes, total });
  const known = catalogue.find(({ file, sha256 }) => sha256 && path.posix.basename(file) === path.basename(source));
  if (known && (await sha256Of(source, signal, checking)) !== known.sha256) throw notWhatItSays(source);
  const target = path.join(deps.folder, path.basename(source));
  if (!copy || path.resolve(source) === path.resolve(target)) return { path: source };

  await withDiskErrors(makeFolder(deps.folder), total, signal);
  const waiting = async () => report({ stage: "waiting", bytes: 0, total });
  const lock = await withDiskErrors(acquire(lockPath(target), signal, waiting), total, signal);
  try {
    if (await exists(target)) await expectSame(source, target, signal, checking);
    else await copyInto(target, source, total, signal, (bytes) => report({ stage: "copying", bytes, total }));
  } finally {
    await lock.release();
  }
  return { path: target };
}

/** Copies under another name first: the final name appears only when everything is durably on disk. */
async function copyInto(
  target: string,
  source: string,
  total: number,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await expectRoom(path.dirname(target), total);
  const draft = `${target}.copy`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const handle = await open(draft, "w", 0o644);
    try {
      for await (const chunk of createReadStream(source, { highWaterMark: 1024 ** 2 })) {
        signal.throwIfAborted();
        for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
        hash.update(chunk);
        bytes += chunk.length;
        onBytes(bytes);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    signal.throwIfAborted();
    throw diskFailure(error, total - bytes);
  }
  await noteVerified(target, hash.digest("hex"));
}

async function expectSame(
  source: string,
  target: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const before = await readVerifiedNote(target);
  const there = before?.unchanged ? before.sha256 : await sha256Of(target, signal, onBytes);
  if (there === (await sha256Of(source, signal, onBytes))) return;
  const reason = t("The models folder already contains another file named {0}.", path.basename(target));
  const next = t("Rename your file, use it in its current folder, or delete the other one.");
  throw new EngineError("downloadFailed", reason, { reason, next });
}

function notWhatItSays(file: string): EngineError {
  const reason = t("{0} has the name of a known model but not its checksum.", path.basename(file));
  const next = t("Copy or download it again. If it is another model, rename the file.");
  return new EngineError("notVerified", reason, { reason, next });
}
