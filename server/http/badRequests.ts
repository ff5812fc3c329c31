/** Answers in JSON what Node refuses before it becomes a request. */
import { type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError } from "./exchange/errors.ts";

/** By the code of Node's error. */
const NODE_ERRORS: Record<string, ApiError> = {
  HPE_HEADER_OVERFLOW: new ApiError(431, "The headers are too large."),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError(408, "The request did not arrive in time."),
};

/** For anything that Node cannot parse as HTTP. */
export const badRequest = () => new ApiError(400, "This is not a valid HTTP request.");

const noTunnel = new ApiError(405, "This is no proxy: CONNECT is not supported.", { code: "method_not_allowed" });
const expectation = new ApiError(417, "The only Expect that is supported is 100-continue.");

/** Adds the listeners. Every answer closes its connection. */
export function answerBadRequests(server: Server): void {
  server.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => {
    // In the middle of an answer, the client would take this one for a part of it.
    if (!socket.writable || code === "ECONNRESET" || isBeingAnswered(socket)) socket.destroy();
    else answer(socket, NODE_ERRORS[code] ?? badRequest());
  });
  server.on("connect", (_request, socket) => {
    socket.on("error", () => socket.destroy());
    answer(socket, noTunnel);
  });
  server.on("checkExpectation", (_request, response) => {
    const { status, body } = expectation;
    response.writeHead(status, { "Content-Type": "application/json", Connection: "close" }).end(JSON.stringify(body));
  });
}

/** Node's documentation does not name this property, but Node's own answer checks it too. */
const isBeingAnswered = (socket: Duplex & { _httpMessage?: ServerResponse | null }) =>
  socket._httpMessage?.headersSent === true;

function answer(socket: Duplex, { status, body }: ApiError): void {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}
