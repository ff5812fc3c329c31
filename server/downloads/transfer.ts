/** Transfers a file's bytes, over as many connections as it takes. */
import type { GrowingFile } from "./growingFile.ts";
import type { Network, Response } from "./network.ts";
import { type Attempts, Changed, persist } from "./persist.ts";

export type Transfer = {
  url: string;
  /** What the file is known to have; otherwise it ends where the server ends it. */
  bytes?: number;
  network: Network;
  /** For the first host, never for the targets of its redirects. */
  headers?: Record<string, string>;
  file: GrowingFile;
  attempts: Attempts;
  /** The error for a status that is none of success: Busy where a later retry may help. */
  refusal: (response: Response) => Promise<Error>;
  /** How every such file begins, and the error for one that does not. */
  format?: { magic: Buffer; otherwise: () => Error };
  /** Writes to the file, and explains where that fails. */
  write?: (change: () => Promise<void>) => Promise<void>;
  /** Bytes so far, and the total if it is known. */
  onBytes: (bytes: number, total: number | undefined) => void;
};

/** A connection that ended normally but brought too little; its code counts as transient. */
class TooShort extends Error {
  readonly code = "EPIPE";
}

/** Returns when all bytes are here. The caller verifies them. Throws Changed, or the caller's errors. */
export async function transfer(job: Transfer): Promise<void> {
  const { file, attempts } = job;
  let furthest = file.length;
  const progressed = () => {
    const before = furthest;
    furthest = Math.max(furthest, file.length);
    return furthest > before;
  };
  if (file.length !== job.bytes) await persist(() => connectOnce(job), attempts, progressed);
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
    // The last connection was lost behind the end.
    if (bytes === undefined && headers["content-range"] === `bytes */${file.length}`) return;
    // The part here does not belong to the file there.
    throw new Changed();
  }
  if (statusCode !== 200 && statusCode !== 206) throw await job.refusal(response);
  if (format && String(headers["content-type"] ?? "").startsWith("text/html")) throw format.otherwise();
  const etag = strongEtag(response);
  if (file.etag && etag && file.etag !== etag) throw new Changed();
  const length = Number(headers["content-length"] ?? Number.NaN);
  if (statusCode === 206) expectRange(headers["content-range"], file.length, bytes);
  else {
    if (bytes !== undefined && length >= 0 && length !== bytes) throw new Changed();
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
    if (bytes !== undefined && file.length + chunk.length > bytes) throw new Changed();
    await write(() => file.append(chunk));
    job.onBytes(file.length, total);
  }
  if (bytes !== undefined && file.length < bytes) throw new TooShort();
}

/** RFC 9110, 14.4: `bytes 100-199/200`. */
function expectRange(value: string | string[] | undefined, start: number, bytes: number | undefined): void {
  // Against the standard. The checksum decides in the end.
  if (value === undefined) return;
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(value)) ?? [];
  if (Number(from) !== start || (total !== "*" && bytes !== undefined && Number(total) !== bytes)) throw new Changed();
}

/** RFC 9110, 8.8.1: only strong ones guarantee equal bytes. */
function strongEtag({ headers: { etag } }: Response): string | undefined {
  return typeof etag === "string" && !etag.startsWith("W/") ? etag : undefined;
}
