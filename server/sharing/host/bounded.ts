/** Limits the length of a connection's incoming messages. */
import type { Socket } from "node:net";
import { type MessageReader, SocketMessageReader } from "vscode-languageserver/node";

/** Maximum length of a message, bytes. A prompt of a million tokens has some 4 MB. */
const LONGEST_MESSAGE = 16 * 1024 ** 2;
/** Maximum length of the first message, bytes. A greeting with its translations has 60 KB. */
const LONGEST_GREETING = 1024 ** 2;

/**
 * Closes the socket when a message becomes too long. The library's own reader buffers any amount of data until a
 * message is complete, and searches a header from its start each time more data arrives.
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
