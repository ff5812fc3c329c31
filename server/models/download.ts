/** From an entry of the catalogue to a whole and verified file: once, however many windows ask for it. */
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { acquire } from "../files/lock.ts";
import type { DownloadParams, DownloadResult } from "../protocol.ts";
import { type Attempts, Changed, persist } from "./attempts.ts";
import { expectRoom, writing } from "./disk.ts";
import { type CatalogueFile, type Hub, hubAt, type RemoteFile, resolveFile } from "./hub.ts";
import { type Network, openNetwork } from "./network.ts";
import { PartFile, partialBytes, removePart } from "./partFile.ts";
import { transfer } from "./transfer.ts";
import { noteVerified, sha256Of, verified } from "./verified.ts";

export type Downloadable = CatalogueFile & { name: string; license: { name: string; url: string } };

/** What a download is at. `bytes` of `total` are there, or have been read. */
export type DownloadProgress = {
  stage: "waiting" | "asking" | "checking" | "downloading" | "retrying" | "copying";
  bytes: number;
  total: number;
};
export type OnDownload = (progress: DownloadProgress) => void;

export type DownloadDeps = {
  /** Where models are kept. */
  folder: string;
  /** Whether a file is a model that can be run, and whole. Throws EngineError. */
  inspect: (file: string) => Promise<unknown>;
  /** Time limits, for tests; ms. */
  idleMs?: number;
  firstPauseMs?: number;
};

type Options = Pick<DownloadParams, "acceptLicense" | "accessToken" | "mirror" | "proxy" | "noProxy">;

export const lockPath = (file: string) => `${file}.lock`;
/** Where the file of a catalogue entry is, or would be. */
export const modelPath = (folder: string, { file }: CatalogueFile) => path.join(folder, path.posix.basename(file));

/**
 * @returns where the file is. One that is there already is checked, and needs no network.
 * Throws EngineError licenseNotAccepted, diskFull, accessDenied, notVerified, downloadFailed; or the signal's reason: then
 * what has come is kept.
 */
export async function download(
  wanted: Downloadable,
  options: Options,
  deps: DownloadDeps,
  signal: AbortSignal,
  report: OnDownload,
): Promise<DownloadResult> {
  const file = modelPath(deps.folder, wanted);
  if (await isHere(file, wanted, deps, signal, report)) return { path: file };
  if (!options.acceptLicense) throw unaccepted(wanted);
  const hub = hubAt(options.mirror, options.accessToken);
  await writing(mkdir(deps.folder, { recursive: true }), wanted.bytes, signal);
  const waiting = async () => report({ stage: "waiting", bytes: await partialBytes(file), total: wanted.bytes });
  const lock = await writing(acquire(lockPath(file), signal, waiting), wanted.bytes, signal);
  const network = openNetwork({ proxy: options.proxy, noProxy: options.noProxy, idleMs: deps.idleMs });
  try {
    // Whoever had the lock may have brought it.
    if (await isHere(file, wanted, deps, signal, report)) return { path: file };
    const both = AbortSignal.any([signal, lock.lost]);
    await bring({ file, wanted, hub, network, deps, signal: both, report });
    return { path: file };
  } finally {
    await network.close().catch(() => {});
    await lock.release();
  }
}

type Job = {
  file: string;
  wanted: Downloadable;
  hub: Hub;
  network: Network;
  deps: DownloadDeps;
  signal: AbortSignal;
  report: OnDownload;
};

/** A file that changes while it comes is begun anew so often. */
const MOST_CHANGES = 3;

async function bring(job: Job): Promise<void> {
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const remote = await ask(job);
    try {
      await bringAs(remote, job);
      return;
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      await removePart(job.file);
    }
  }
  throw unverified(t("{0} does not send the file that it says it has.", job.hub.address.host));
}

/** Offline, the user shall not have to wait long to hear of it. */
const MOST_QUESTIONS = 4;

function ask(job: Job): Promise<RemoteFile> {
  const { wanted, hub, network, signal, report, file } = job;
  const once = async () => {
    report({ stage: "asking", bytes: await partialBytes(file), total: wanted.bytes });
    return resolveFile(wanted, hub, network, signal);
  };
  return persist(once, { ...attempts(job, wanted.bytes), most: MOST_QUESTIONS });
}

/** Throws Changed where it is another file than the hub has told of. */
async function bringAs(remote: RemoteFile, job: Job): Promise<void> {
  const { file, hub, network, signal, report, deps, wanted } = job;
  const total = remote.bytes;
  await expectRoom(deps.folder, total - (await partialBytes(file)));
  const checking = (bytes: number) => report({ stage: "checking", bytes, total });
  const part = await writing(PartFile.open(file, remote, signal, checking), total, signal);
  const resumed = part.length > 0;
  try {
    const onBytes = (bytes: number) => report({ stage: "downloading", bytes, total });
    onBytes(part.length);
    const { repository } = wanted;
    await transfer({ remote, repository, hub, network, part, attempts: attempts(job, total), onBytes });
  } catch (error) {
    await part.close();
    throw error;
  }
  signal.throwIfAborted();
  if (part.digest() !== remote.sha256) {
    await part.close();
    // What was there before may be what is wrong.
    if (resumed) throw new Changed();
    await removePart(file);
    throw unverified(t("What {0} has sent does not have the checksum that it should have.", hub.address.host));
  }
  await writing(part.finish(), 0, signal);
  await writing(noteVerified(file, remote.sha256), 0, signal);
}

function attempts({ hub, signal, report, deps, file }: Job, total: number): Attempts {
  return {
    host: hub.address.host,
    signal,
    firstPauseMs: deps.firstPauseMs,
    onPause: () => void partialBytes(file).then((bytes) => report({ stage: "retrying", bytes, total })),
  };
}

/** A file that is there under the right name, checked before, now, or as far as it can be without asking anybody. */
async function isHere(
  file: string,
  wanted: Downloadable,
  deps: DownloadDeps,
  signal: AbortSignal,
  report: OnDownload,
): Promise<boolean> {
  const total = await stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
  if (total === undefined || (wanted.exact && wanted.bytes !== total)) return false;
  const before = await verified(file);
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

function unaccepted({ name, license }: Downloadable): EngineError {
  const reason = t("{0} comes under a license, {1}, which has not been accepted.", name, license.name);
  const next = t("Read it at {0}, accept it, and try again.", license.url);
  return new EngineError("licenseNotAccepted", reason, { reason, next, page: license.url });
}

function unverified(reason: string): EngineError {
  const next = t("It has been thrown away, and nothing was loaded. Try again, or check nemotron.download.mirror.");
  return new EngineError("notVerified", reason, { reason, next });
}
