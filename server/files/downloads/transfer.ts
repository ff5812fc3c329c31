/** Transfers a file's bytes, over as many connections as it takes. */
import type { GrowingFile } from "./growingFile.ts";
import type { Network, Response } from "./network.ts";
import { type Attempts, FileChanged, retry } from "./retry.ts";

export type Transfer = {
  url: string;
  /** The file's size, if it is known. Otherwise the file ends where the server ends it. */
  bytes?: number;
  network: Network;
  /** Sent to the first host, never to the targets of its redirects. */
  headers?: Record<string, string>;
  file: GrowingFile;
  attempts: Attempts;
  /** The error for a status other than success: ServerBusy if a later retry may help. */
  refusal: (response: Response) => Promise<Error>;
  /** How the file must begin, and the error if it does not. */
  format?: { magic: Buffer; otherwise: () => Error };
  /** Carries out a change of the file, and converts its errors. */
  write?: (change: () => Promise<void>) => Promise<void>;
  /** Called with the bytes so far, and the total if it is known. */
  onBytes: (bytes: number, total: number | undefined) => void;
};

/** A connection ended normally but sent too few bytes. Its code counts as transient. */
class TooShort extends Error {
  readonly code = "EPIPE";
}

/** Resolves when all bytes are in the file. The caller verifies them. Throws FileChanged, or the caller's errors. */
export async function transfer(job: Transfer): Promise<void> {
  const { file, attempts } = job;
  let furthest = file.length;
  const progressed = () => {
    const before = furthest;
    furthest = Math.max(furthest, file.length);
    return furthest > before;
  };
  if (file.length !== job.bytes) await retry(() => connectOnce(job), attempts, progressed);
}

async function connectOnce(job: Transfer): Promise<void> {
  const { file, url, network, attempts } = job;
  // Count and hash the file's own bytes.
  const headers: Record<string, string> = { ...job.headers, "accept-encoding": "identity" };
  if (file.length > 0) {
    headers.range = `bytes=${file.length}-`;
    // Continue only with the same file. Without an ETag the checksum decides in the end.
    if (file.etag) headers["if-range"] = file.etag;
  }
  const response = await network.get(url, headers, attempts.signal);
  try {
    await receive(job, response);
  } finally {
    // Do not wait for data that nobody reads.
    response.body.on("error", () => {}).destroy();
  }
}

async function receive(job: Transfer, response: Response): Promise<void> {
  const { file, bytes, format, write = (change) => change() } = job;
  const { statusCode, headers } = response;
  if (statusCode === 416) {
    // The file is complete: the last connection broke after the end.
    if (bytes === undefined && headers["content-range"] === `bytes */${file.length}`) return;
    // The part does not belong to the server's file.
    throw new FileChanged();
  }
  if (statusCode !== 200 && statusCode !== 206) throw await job.refusal(response);
  if (format && String(headers["content-type"] ?? "").startsWith("text/html")) throw format.otherwise();
  const etag = strongEtag(response);
  if (file.etag && etag && file.etag !== etag) throw new FileChanged();
  const length = Number(headers["content-length"] ?? Number.NaN);
  if (statusCode === 206) expectRange(headers["content-range"], file.length, bytes);
  else {
    if (bytes !== undefined && length >= 0 && length !== bytes) throw new FileChanged();
    if (file.length > 0) await write(() => file.startOver());
  }
  await write(() => file.setEtag(etag));
  const total = bytes ?? (Number.isSafeInteger(length) ? file.length + length : undefined);
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    if (
      format &&
      file.length === 0 &&
      !chunk.subarray(0, format.magic.length).equals(format.magic.subarray(0, chunk.length))
    )
      throw format.otherwise();
    if (bytes !== undefined && file.length + chunk.length > bytes) throw new FileChanged();
    await write(() => file.append(chunk));
    job.onBytes(file.length, total);
  }
  if (bytes !== undefined && file.length < bytes) throw new TooShort();
}

/** RFC 9110, 14.4: `bytes 100-199/200`. */
function expectRange(value: string | string[] | undefined, start: number, bytes: number | undefined): void {
  // The standard requires the header. Without it, the checksum decides in the end.
  if (value === undefined) return;
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(value)) ?? [];
  if (Number(from) !== start || (total !== "*" && bytes !== undefined && Number(total) !== bytes))
    throw new FileChanged();
}

/** Undefined for a weak ETag: only strong ones guarantee equal bytes (RFC 9110, 8.8.1). */
function strongEtag({ headers: { etag } }: Response): string | undefined {
  return typeof etag === "string" && !etag.startsWith("W/") ? etag : undefined;
}
