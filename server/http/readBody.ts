import type { HttpBindings } from "@hono/node-server";
import { ApiError } from "./errors.ts";

/** The whole body as text, and never more of it in memory than `limit` bytes. Throws ApiError 413. */
export async function readBody({ incoming }: HttpBindings, limit: number): Promise<string> {
  if (Number(incoming.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  // What is refused is read to its end elsewhere, so that the answer can be sent: the connection must stay.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const tooLarge = (bytes: number) =>
  new ApiError(413, `The body is larger than ${bytes} bytes.`, { code: "request_too_large" });
