/** Makes room for new connections: closes idle ones, and answers 503 when all are in use. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ApiError } from "./exchange/errors.ts";
import type { Limits } from "./exchange/limits.ts";

/** How long a connection whose request is still expected does not count as idle, ms. */
const SILENT_MS = 1000;
const RETRY_AFTER_S = 5;
/** How long a connection that was refused without a request stays open for its client to read the answer, ms. */
const LINGER_MS = 2000;
/** Above this multiple of the limit, connections are dropped: the process would run out of file descriptors. */
const DROPPED_FACTOR = 8;

type Connection = {
  /** Requests that are not answered yet. */
  running: number;
  /** Whether any request has come. */
  used: boolean;
  /** The last request. Its body may still be on its way. */
  last?: IncomingMessage;
  /** When it was opened, its last request began, or its last answer ended: ms, as in performance.now(). */
  idleSince: number;
};

/** The connections of one API server at all its addresses. */
export class Connections {
  private readonly limit: number;
  private readonly open = new Map<Socket, Connection>();

  constructor({ connections }: Pick<Limits, "connections">) {
    this.limit = connections;
  }

  /** Lets `listener` answer the server's requests, if there is room for them. */
  serve(server: Server, listener: RequestListener): void {
    server.maxConnections = this.limit * DROPPED_FACTOR;
    server.on("connection", (socket: Socket) => {
      this.open.set(socket, { running: 0, used: false, idleSince: performance.now() });
      socket.once("close", () => this.open.delete(socket));
      if (this.open.size > this.limit) this.closeIdle(socket);
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const connection = this.open.get(socket);
      // The connection was answered and closed while this request was on its way.
      if (!connection) {
        request.resume();
        return;
      }
      // The newest connection is refused, not an older one.
      const isRefused = this.open.size > this.limit && !connection.used && !this.closeIdle(socket);
      this.runs(connection, request, response);
      if (isRefused) refuse(response);
      else listener(request, response);
    });
  }

  private runs(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.running++;
    connection.used = true;
    connection.last = request;
    connection.idleSince = performance.now();
    response.once("close", () => {
      connection.running--;
      connection.idleSince = performance.now();
    });
  }

  /** Closes the connection, other than `but`, that has been idle longest. Returns whether there was one. */
  private closeIdle(but: Socket): boolean {
    const now = performance.now();
    let longest: [Socket, Connection] | undefined;
    for (const entry of this.open) {
      const [socket, connection] = entry;
      const { running, idleSince } = connection;
      if (socket === but || (running > 0 && !isArriving(connection))) continue;
      if (isExpected(connection) && now - idleSince < SILENT_MS) continue;
      if (!longest || idleSince < longest[1].idleSince) longest = entry;
    }
    if (!longest) return false;
    const [socket, connection] = longest;
    this.open.delete(socket);
    if (isExpected(connection)) answerUnasked(socket);
    else socket.destroy();
    return true;
  }
}

/** The only request is not complete, so nothing works for it. */
const isArriving = ({ running, last }: Connection) => running === 1 && last?.complete === false;
/** A request can be on its way. */
const isExpected = (connection: Connection) => !connection.used || isArriving(connection);

const tooMany = new ApiError(503, "Too many programs are connected. Try again later.", { code: "overloaded" });
const BODY = JSON.stringify(tooMany.body);
const HEADERS = {
  "Content-Type": "application/json",
  "Content-Length": Buffer.byteLength(BODY),
  "Retry-After": RETRY_AFTER_S,
  Connection: "close",
};

function refuse(response: ServerResponse): void {
  response.writeHead(tooMany.status, HEADERS).end(BODY);
}

/** Answers a connection without a request. Closing it before a late request is read would lose the answer. */
function answerUnasked(socket: Socket): void {
  const headers = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${tooMany.status} Service Unavailable\r\n${headers.join("")}\r\n${BODY}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
