/**
 * Answers clients that close their writing side after a request, as `nc -N` does. Node alone would close the
 * connection without an answer.
 */
import type { Server } from "node:http";
import type { HttpBindings } from "@hono/node-server";

/** Pauses between the probes of a half-closed connection, ms; the last one repeats. */
const PAUSES_MS = [0, 20, 200, 1000, 5000];

/** Keeps half-closed connections open, for `watchHalfClosed`. */
export function allowHalfClosed(server: Server): void {
  // Node's documentation does not name this property, but each version has it.
  Object.assign(server, { httpAllowHalfOpen: true });
}

/**
 * Ends the connection if a half-closed client has gone. A client that has gone looks the same until something is sent:
 * its system refuses the data, and the next write fails. So data that clients skip is sent until the answer has ended.
 * @param isStream the answer is a stream of events.
 */
export function watchHalfClosed({ incoming, outgoing }: HttpBindings, isStream: boolean): void {
  const { socket } = incoming;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    if (outgoing.writableEnded || (outgoing.headersSent && !isStream)) return false;
    if (outgoing.headersSent) outgoing.write(": waiting\n\n");
    else if (incoming.httpVersion !== "1.0") outgoing.writeContinue();
    // In HTTP/1.0 nothing can be sent before a whole answer. The model must not work for a client that may have gone.
    else if (!isStream) socket.destroy();
    return true;
  };
  const watch = (times = 0) => {
    timer = setTimeout(() => send() && watch(times + 1), PAUSES_MS[times] ?? PAUSES_MS.at(-1));
  };
  const ended = () => watch();
  // Pipelined requests on one connection add a listener each.
  socket.setMaxListeners(0);
  if (socket.readableEnded) ended();
  else socket.once("end", ended);
  outgoing.once("close", () => {
    clearTimeout(timer);
    socket.off("end", ended);
  });
}
