/** Fetches an archive into a file, goes on where a lost connection stopped, and checks it against the registry's hash. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { t } from "@vscode/l10n";
import { fetch } from "undici";
import { backendFailed, innermost, isNetwork } from "./failure.ts";
import { type Registry, type Release, refused } from "./registry.ts";

/** So often in a row it is tried again, after so long, ms; more with each time. */
const RETRIES = 4;
const PAUSE_MS = 300;

/** Bytes that are there, and how many it will be where that is known. */
export type OnBytes = (received: number, total: number | undefined) => void;

/**
 * @param file to be written; it may hold the beginning already.
 * Throws EngineError backendFailed, the signal's reason, or what the system throws.
 */
export async function download(
  { dispatcher }: Registry,
  { name, tarball, sha512 }: Release,
  file: string,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await sizeOf(file);
    try {
      await fetchRest(tarball, dispatcher, file, onBytes, signal);
      break;
    } catch (error) {
      signal.throwIfAborted();
      // As long as it gets further, however often it breaks off, there is hope.
      failures = (await sizeOf(file)) > before ? 1 : failures + 1;
      if (failures > RETRIES || !(error instanceof Unavailable || isNetwork(innermost(error)[0]))) throw giveUp(error);
      await setTimeout(PAUSE_MS * failures, undefined, { signal });
    }
  }
  if ((await hash(file, signal)) === sha512) return;
  await rm(file, { force: true });
  throw backendFailed(
    t("What was downloaded of {0} is not what the registry announced, and was thrown away.", name),
    t("Try again. If it happens again, the registry or a proxy changes files: ask who runs it."),
  );
}

/** The server cannot answer now. */
class Unavailable extends Error {
  readonly address: URL;
  readonly status: number;

  constructor(address: URL, status: number) {
    super(`status ${status}`);
    this.address = address;
    this.status = status;
  }
}

const giveUp = (error: unknown) => (error instanceof Unavailable ? refused(error.address, error.status) : error);

async function fetchRest(
  tarball: URL,
  dispatcher: Registry["dispatcher"],
  file: string,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<void> {
  const have = await sizeOf(file);
  const response = await fetch(tarball, {
    dispatcher,
    signal,
    // What is counted and hashed are the archive's own bytes.
    headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
  });
  const { status, headers, body } = response;
  if (!response.ok || !body) {
    await body?.cancel();
    // Nothing is left to fetch, or the server has another file by now: the hash tells, or the next try.
    if (status === 416 && headers.get("content-range") === `bytes */${have}`) return;
    if (status === 416) await rm(file, { force: true });
    if (status === 416 || status === 429 || status >= 500) throw new Unavailable(tarball, status);
    throw refused(tarball, status);
  }
  let received = status === 206 ? have : 0;
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const total = Number.isSafeInteger(length) ? received + length : undefined;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      onBytes(received, total);
      yield chunk;
    }
  };
  const target = createWriteStream(file, { flags: status === 206 ? "a" : "w", mode: 0o600 });
  await pipeline(Readable.fromWeb(body), counted, target, { signal });
}

/** sha512, base64. */
async function hash(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest("base64");
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
