/** What Node refuses before it is a request is answered in JSON as well. */
import type { Server } from "node:http";
import { ApiError } from "./errors.ts";

const OF_NODE: Record<string, ApiError> = {
  HPE_HEADER_OVERFLOW: new ApiError(431, "The headers are too large."),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError(408, "The request did not arrive in time."),
};

export const badRequest = () => new ApiError(400, "This is not a valid HTTP request.");

export function answerBadRequests(server: Server): void {
  server.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const { status, body } = OF_NODE[code] ?? badRequest();
    const text = JSON.stringify(body);
    const head = [
      `HTTP/1.1 ${status} Bad Request`,
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(text)}`,
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
  });
}
