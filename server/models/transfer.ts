/** Brings a file's bytes here, over as many connections as it takes. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { type Attempts, Changed, persist } from "./attempts.ts";
import { diskFailure } from "./disk.ts";
import { credentials, type Hub, type RemoteFile, refusal } from "./hub.ts";
import type { Network, Response } from "./network.ts";
import type { PartFile } from "./partFile.ts";

export type Transfer = {
  remote: RemoteFile;
  repository: string;
  hub: Hub;
  network: Network;
  part: PartFile;
  attempts: Attempts;
  /** Bytes that are there. */
  onBytes: (bytes: number) => void;
};

/** A connection that came to a good end, and yet brought too little; the code is one that passes. */
class TooShort extends Error {
  readonly code = "EPIPE";
}

/** Returns when all bytes are there; whether they are the right ones the caller has to see. Throws Changed, EngineError. */
export async function transfer(job: Transfer): Promise<void> {
  let furthest = job.part.length;
  const progressed = () => {
    const before = furthest;
    furthest = Math.max(furthest, job.part.length);
    return furthest > before;
  };
  while (job.part.length < job.remote.bytes) await persist(() => connectOnce(job), job.attempts, progressed);
}

async function connectOnce(job: Transfer): Promise<void> {
  const { part, remote, hub, network, attempts } = job;
  const headers: Record<string, string> = { ...credentials(hub), "accept-encoding": "identity" };
  if (part.length > 0) {
    headers.range = `bytes=${part.length}-`;
    // Only the same file is gone on with. Without an ETag the checksum tells in the end.
    if (part.etag) headers["if-range"] = part.etag;
  }
  const response = await network.get(remote.url, headers, attempts.signal);
  try {
    await receive(job, response);
  } finally {
    // Whatever is not read is not waited for either.
    response.body.on("error", () => {}).destroy();
  }
}

async function receive(job: Transfer, response: Response): Promise<void> {
  const { part, remote } = job;
  await expectFile(job, response);
  await write(job, () => part.setEtag(strongEtag(response)));
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    if (part.length === 0 && !chunk.subarray(0, 4).equals(MAGIC.subarray(0, chunk.length))) throw notAModel(job);
    if (part.length + chunk.length > remote.bytes) throw new Changed();
    await write(job, () => part.append(chunk));
    job.onBytes(part.length);
  }
  if (part.length < remote.bytes) throw new TooShort();
}

/** Every GGUF file begins with it. */
const MAGIC = Buffer.from("GGUF");

/** Leaves the part ready for what the response brings. Throws where that is not what was asked for. */
async function expectFile(job: Transfer, response: Response): Promise<void> {
  const { part, remote, hub, repository } = job;
  const { statusCode, headers } = response;
  // What is here is no part of what is there.
  if (statusCode === 416) throw new Changed();
  if (statusCode !== 200 && statusCode !== 206) throw await refusal(response, hub, repository);
  if (String(headers["content-type"] ?? "").startsWith("text/html")) throw notAModel(job);
  const etag = strongEtag(response);
  if (part.etag && etag && part.etag !== etag) throw new Changed();
  if (statusCode === 206) return expectRange(headers["content-range"], part.length, remote.bytes);
  const length = headers["content-length"];
  if (length !== undefined && Number(length) !== remote.bytes) throw new Changed();
  if (part.length > 0) await write(job, () => part.startOver());
}

/** RFC 9110, 14.4: `bytes 100-199/200`. */
function expectRange(value: string | string[] | undefined, start: number, bytes: number): void {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(value)) ?? [];
  if (Number(from) !== start || (total !== "*" && Number(total) !== bytes)) throw new Changed();
}

/** RFC 9110, 8.8.1: only strong ones say that each byte is the same. */
function strongEtag({ headers: { etag } }: Response): string | undefined {
  return typeof etag === "string" && !etag.startsWith("W/") ? etag : undefined;
}

async function write({ part, remote }: Transfer, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw diskFailure(error, remote.bytes - part.length);
  }
}

function notAModel({ hub }: Transfer): EngineError {
  const reason = t("{0} sends something else than the model, a web page perhaps.", hub.address.host);
  const next = t("If you have to sign in to this network, do so; check nemotron.download.mirror otherwise.");
  return new EngineError("downloadFailed", reason, { reason, next });
}
