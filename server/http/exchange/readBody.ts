/** Reads a request's body as text, with a memory limit. */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { HttpBindings } from "@hono/node-server";
import { ApiError } from "./errors.ts";
import type { Limits } from "./limits.ts";

/** Limits the total size of all bodies that are being received. */
export class BodyMemory {
  private readonly limit: number;
  private used = 0;

  /** @param limit bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts the bytes. Throws ApiError 503 above the limit, and `free` is due all the same. */
  take(bytes: number): void {
    this.used += bytes;
    if (this.used > this.limit)
      throw new ApiError(503, "Too many large requests arrive at once. Try again later.", {
        code: "overloaded",
        retryAfterS: 5,
      });
  }

  free(bytes: number): void {
    this.used -= bytes;
  }
}

const inflateZlib = promisify(inflate);
const inflateBare = promisify(inflateRaw);

const DECOMPRESS: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // RFC 9110 §8.4.1.2: some clients leave out the zlib header.
  deflate: (bytes, options) => (hasZlibHeader(bytes) ? inflateZlib : inflateBare)(bytes, options),
  br: promisify(brotliDecompress),
};

/** The decompressed text without a byte order mark. Throws ApiError 400, 413, 415, or 503 if `memory` is used up. */
export async function readBody(
  { incoming }: HttpBindings,
  { bodyBytes }: Pick<Limits, "bodyBytes">,
  memory: BodyMemory,
): Promise<string> {
  const encoding = incoming.headers["content-encoding"]?.trim().toLowerCase() || "identity";
  const decompress = Object.hasOwn(DECOMPRESS, encoding) ? DECOMPRESS[encoding] : undefined;
  if (encoding !== "identity" && !decompress)
    throw new ApiError(415, `The Content-Encoding ${encoding} is not supported. Use gzip, deflate, br or none.`, {
      code: "unsupported_content_encoding",
    });
  // Node itself discards a body that nobody has begun to read.
  if (Number(incoming.headers["content-length"] ?? 0) > bodyBytes) throw tooLarge(bodyBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The connection must stay open for the answer.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      memory.take(chunk.length);
      if (size > bodyBytes) throw tooLarge(bodyBytes);
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    return textOf(decompress ? await decompressed(bytes, decompress, bodyBytes, encoding) : bytes);
  } finally {
    memory.free(size);
    incoming.resume();
  }
}

/** RFC 1950 §2.2. */
const hasZlibHeader = ([first = 0, second = 0]: Buffer) => (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;

async function decompressed(
  bytes: Buffer,
  decompress: (typeof DECOMPRESS)[string],
  limit: number,
  encoding: string,
): Promise<Buffer> {
  try {
    return await decompress(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw new ApiError(400, `The body is not valid ${encoding}, which its Content-Encoding says it is.`, {
      code: "invalid_body",
    });
  }
}

function textOf(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new ApiError(400, "The body is compressed. Say so: Content-Encoding: gzip.", { code: "invalid_body" });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError(400, "The body is not text in UTF-8.", { code: "invalid_body" });
  }
}

function tooLarge(bytes: number): ApiError {
  const most = bytes < 1024 ** 2 ? `${Math.floor(bytes / 1024)} KiB` : `${Math.floor(bytes / 1024 ** 2)} MiB`;
  return new ApiError(413, `The body is larger than ${most}, which is the most that is read.`, {
    code: "request_too_large",
  });
}
