/** A connection's messages as they come in, of a length that there is a reason for. */
import type { Socket } from "node:net";
import { type MessageReader, SocketMessageReader } from "vscode-languageserver/node";

/** Bytes. A prompt of a million tokens has some 4 MB. */
const LONGEST_MESSAGE = 64 * 1024 ** 2;

/** The library's reader keeps whatever comes until a message is whole; the socket is closed where that is too much. */
export function boundedReader(socket: Socket): MessageReader {
  const reader = new SocketMessageReader(socket);
  let pending = 0;
  socket.on("data", (bytes: Buffer) => {
    pending += bytes.length;
    if (pending > LONGEST_MESSAGE) socket.destroy(new Error("A message is too long."));
  });
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback) =>
      reader.listen((message) => {
        pending = 0;
        callback(message);
      }),
    dispose: () => reader.dispose(),
  };
}
