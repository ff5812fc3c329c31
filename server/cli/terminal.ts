/** The output of a command: to a terminal, a file, or a pipe that may have no reader any more. */
import type { WriteStream } from "node:tty";

/** Whether the stream supports escape codes and the user wants them (https://no-color.org). */
export function isStyled({ isTTY }: Pick<WriteStream, "isTTY">): boolean {
  return Boolean(isTTY) && process.env.TERM !== "dumb" && !process.env.NO_COLOR;
}

/**
 * Ends a command without a stack trace when its output cannot be written; silently if the reader is gone, for example
 * with `| head`.
 * @param continues whether to go on instead, for commands that do more than write.
 */
export function watchOutput(continues: boolean): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (continues) return;
    if (code !== "EPIPE")
      console.error(`The output cannot be written${code === "ENOSPC" ? ": the disk is full" : ` (${code})`}.`);
    process.exit(code === "EPIPE" ? 0 : 1);
  });
}
