/**
 * Answers clients that close their writing side behind a request, as `nc -N` does. Node alone would close the
 * connection without an answer.
 */
import type { Server } from "node:http";
import type { HttpBindings } from "@hono/node-server";

/** Pauses before something is sent to such a client, ms; the last one repeats. */
const PAUSES_MS = [0, 20, 200, 1000, 5000];

export function allowHalfClosed(server: Server): void {
  // Node's documentation does not name this property, but each version has it.
  Object.assign(server, { httpAllowHalfOpen: true });
}

/**
 * Ends the connection if a half-closed client has gone. One that has gone looks the same, until something is sent: its
 * system refuses that, and the next write fails. So it is sent what clients skip, until its answer has ended.
 * @param isStream the answer is a stream of events.
 */
export function watchHalfClosed({ incoming, outgoing }: HttpBindings, isStream: boolean): void {
  const { socket } = incoming;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    if (outgoing.writableEnded || (outgoing.headersSent && !isStream)) return false;
    if (outgoing.headersSent) outgoing.write(": waiting\n\n");
    else if (incoming.httpVersion !== "1.0") outgoing.writeContinue();
    // Nothing can be sent before a whole answer in HTTP/1.0, so the model must not work for one that has perhaps gone.
    else if (!isStream) socket.destroy();
    return true;
  };
  const watch = (times = 0) => {
    timer = setTimeout(() => send() && watch(times + 1), PAUSES_MS[times] ?? PAUSES_MS.at(-1));
  };
  const ended = () => watch();
  // Requests that come behind each other on one connection listen all at once.
  socket.setMaxListeners(0);
  if (socket.readableEnded) ended();
  else socket.once("end", ended);
  outgoing.once("close", () => {
    clearTimeout(timer);
    socket.off("end", ended);
  });
}
