/** Downloads a catalogue entry and verifies it: once, even if several windows request it. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import type { Network } from "../files/downloads/network.ts";
import { type Attempts, FileChanged, retry } from "../files/downloads/retry.ts";
import { transfer } from "../files/downloads/transfer.ts";
import { acquire } from "../files/lock.ts";
import { makeFolder } from "../files/makeFolder.ts";
import type { DownloadParams, DownloadResult } from "../protocol.ts";
import { downloadError, webAddress } from "./connectionErrors.ts";
import { expectRoom, withDiskErrors } from "./disk.ts";
import { type CatalogueFile, credentials, type Hub, hubAt, type RemoteFile, refusal, resolveFile } from "./hub.ts";
import { PartFile, partialBytes, removePart } from "./partFile.ts";
import { noteVerified, readVerifiedNote, sha256Of } from "./verified.ts";

/** A catalogue entry, as far as a download needs it. */
export type DownloadableModel = CatalogueFile & { name: string; license: { name: string; url: string } };

/** The stage of a download. `bytes` of `total` are downloaded, or have been read. */
export type DownloadProgress = {
  stage: "waiting" | "asking" | "checking" | "downloading" | "retrying" | "copying";
  bytes: number;
  total: number;
};
export type OnDownload = (progress: DownloadProgress) => void;

export type DownloadDeps = {
  /** The models folder. */
  folder: string;
  /** Checks that a file is a complete model that can run. Throws EngineError. */
  inspect: (file: string) => Promise<unknown>;
  /** Time limits, for tests; ms. */
  idleMs?: number;
  firstPauseMs?: number;
};

type Options = Pick<DownloadParams, "acceptLicense" | "accessToken" | "mirror" | "proxy" | "noProxy">;

/** The lock that a process holds while it downloads or copies the file. */
export const lockPath = (file: string) => `${file}.lock`;
/** The path of a catalogue entry's file, existing or not. */
export const modelPath = (folder: string, { file }: CatalogueFile) => path.join(folder, path.posix.basename(file));

/**
 * Returns the path of the file. An existing file is checked without a network. Throws EngineError licenseNotAccepted,
 * diskFull, accessDenied, notVerified or downloadFailed, or the signal's reason. After an abort the part so far is
 * kept.
 */
export async function download(
  wanted: DownloadableModel,
  options: Options,
  deps: DownloadDeps,
  signal: AbortSignal,
  report: OnDownload,
): Promise<DownloadResult> {
  const file = modelPath(deps.folder, wanted);
  if (await isHere(file, wanted, deps, signal, report)) return { path: file };
  if (!options.acceptLicense) throw unaccepted(wanted);
  const hub = hubAt(options.mirror, options.accessToken);
  await withDiskErrors(makeFolder(deps.folder), wanted.bytes, signal);
  const waiting = async () => report({ stage: "waiting", bytes: await partialBytes(file), total: wanted.bytes });
  const lock = await withDiskErrors(acquire(lockPath(file), signal, waiting), wanted.bytes, signal);
  const { noProxy } = options;
  const proxy = options.proxy && webAddress(options.proxy, "nemotron.download.proxy").href;
  const { openNetwork } = await import("../files/downloads/network.ts");
  const network = openNetwork({ proxy, noProxy, idleMs: deps.idleMs });
  try {
    // The previous holder of the lock may have downloaded it.
    if (await isHere(file, wanted, deps, signal, report)) return { path: file };
    const both = AbortSignal.any([signal, lock.lost]);
    await fetchFile({ file, wanted, hub, network, deps, signal: both, report });
    return { path: file };
  } finally {
    await network.close().catch(() => {});
    await lock.release();
  }
}

type Job = {
  file: string;
  wanted: DownloadableModel;
  hub: Hub;
  network: Network;
  deps: DownloadDeps;
  signal: AbortSignal;
  report: OnDownload;
};

/** How many times to download a file that changes meanwhile. */
const MOST_CHANGES = 3;

async function fetchFile(job: Job): Promise<void> {
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const remote = await ask(job);
    try {
      await fetchFrom(remote, job);
      return;
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      await removePart(job.file);
    }
  }
  throw unverified(t("{0} did not send the file that it announced.", job.hub.address.host));
}

/** Attempts to ask the hub: few, so that the user soon learns that there is no network. */
const MOST_QUESTIONS = 4;

function ask(job: Job): Promise<RemoteFile> {
  const { wanted, hub, network, signal, report, file } = job;
  const once = async () => {
    report({ stage: "asking", bytes: await partialBytes(file), total: wanted.bytes });
    return resolveFile(wanted, hub, network, signal);
  };
  return retry(once, { ...attempts(job, wanted.bytes), most: MOST_QUESTIONS });
}

/** Downloads and verifies the file that the hub described. Throws FileChanged if the hub sends another one. */
async function fetchFrom(remote: RemoteFile, job: Job): Promise<void> {
  const { file, hub, network, signal, report, deps, wanted } = job;
  const total = remote.bytes;
  await expectRoom(deps.folder, total - (await partialBytes(file)));
  const checking = (bytes: number) => report({ stage: "checking", bytes, total });
  const part = await withDiskErrors(PartFile.open(file, remote, signal, checking), total, signal);
  const resumed = part.length > 0;
  try {
    const onBytes = (bytes: number) => report({ stage: "downloading", bytes, total });
    onBytes(part.length);
    await transfer({
      url: remote.url,
      bytes: total,
      network,
      headers: credentials(hub),
      file: part,
      attempts: attempts(job, total),
      refusal: (response) => refusal(response, hub, wanted.repository),
      format: { magic: MAGIC, otherwise: () => notAModel(hub) },
      write: async (change) => withDiskErrors(change(), total - part.length, signal),
      onBytes,
    });
  } catch (error) {
    await part.close();
    throw error;
  }
  signal.throwIfAborted();
  if (part.digest("hex") !== remote.sha256) {
    await part.close();
    // The part from an earlier download may be wrong.
    if (resumed) throw new FileChanged();
    await removePart(file);
    throw unverified(t("The file from {0} does not have the expected checksum.", hub.address.host));
  }
  await withDiskErrors(part.finish(), 0, signal);
  await withDiskErrors(noteVerified(file, remote.sha256), 0, signal);
}

function attempts({ hub, signal, report, deps, file }: Job, total: number): Attempts {
  return {
    signal,
    finalError: (error) => downloadError(error, hub.address.host),
    firstPauseMs: deps.firstPauseMs,
    onPause: () => void partialBytes(file).then((bytes) => report({ stage: "retrying", bytes, total })),
  };
}

/** Whether the right file exists: verified earlier, verified now, or checked as far as possible offline. */
async function isHere(
  file: string,
  wanted: DownloadableModel,
  deps: DownloadDeps,
  signal: AbortSignal,
  report: OnDownload,
): Promise<boolean> {
  const total = await stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
  if (total === undefined || (wanted.exact && wanted.bytes !== total)) return false;
  const before = await readVerifiedNote(file);
  const expected = wanted.sha256 ?? before?.sha256;
  if (before?.unchanged) return before.sha256 === expected;
  try {
    await deps.inspect(file);
  } catch {
    return false;
  }
  const sha256 = await sha256Of(file, signal, (bytes) => report({ stage: "checking", bytes, total }));
  if (expected && expected !== sha256) return false;
  await noteVerified(file, sha256);
  return true;
}

function unaccepted({ name, license }: DownloadableModel): EngineError {
  const reason = t("{0} is licensed under {1}, which has not been accepted.", name, license.name);
  const next = t("Read it at {0}, accept it, and try again.", license.url);
  return new EngineError("licenseNotAccepted", reason, { reason, next, page: license.url });
}

/** The first bytes of every GGUF file. */
const MAGIC = Buffer.from("GGUF");

function notAModel({ address }: Hub): EngineError {
  const reason = t("{0} did not send the model but something else, perhaps a web page.", address.host);
  const next = t(
    "If this network requires you to sign in, sign in. Otherwise check the setting nemotron.download.mirror.",
  );
  return new EngineError("downloadFailed", reason, { reason, next });
}

function unverified(reason: string): EngineError {
  const next = t(
    "The file was discarded, and nothing was loaded. Try again, or check the setting nemotron.download.mirror.",
  );
  return new EngineError("notVerified", reason, { reason, next });
}
