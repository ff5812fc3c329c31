/** A connection's messages as they come in, of a length that there is a reason for. */
import type { Socket } from "node:net";
import { type MessageReader, SocketMessageReader } from "vscode-languageserver/node";

/** Bytes. A prompt of a million tokens has some 4 MB, a greeting with its translations 60 KB. */
const LONGEST_MESSAGE = 16 * 1024 ** 2;
const LONGEST_GREETING = 1024 ** 2;

/**
 * The library's reader keeps whatever comes until a message is whole, and looks through a header from its beginning each
 * time that more of it comes. The socket is closed where that is too much.
 */
export function boundedReader(socket: Socket): MessageReader {
  const reader = new SocketMessageReader(socket);
  let pending = 0;
  let longest = LONGEST_GREETING;
  socket.on("data", (bytes: Buffer) => {
    pending += bytes.length;
    if (pending > longest) socket.destroy(new Error("A message is too long."));
  });
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback) =>
      reader.listen((message) => {
        pending = 0;
        longest = LONGEST_MESSAGE;
        callback(message);
      }),
    dispose: () => reader.dispose(),
  };
}
