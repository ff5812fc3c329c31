/** Runs an agent's command in a terminal that the user sees. */
import { t } from "@vscode/l10n";
import {
  type CancellationToken,
  EventEmitter,
  type Pseudoterminal,
  type Terminal,
  ThemeIcon,
  Uri,
  window,
} from "vscode";
import type { RunParams, RunResult } from "../../server/protocol.ts";
import { runCommand } from "../../server/shared/runCommand.ts";

/** The terminal of the last command. It stays until the next one, so that the user can read it. */
let last: Terminal | undefined;

/**
 * Runs the command without input. Ctrl+C in the terminal, closing it, and the token end the command with everything
 * that it has started; then there is no exit code. Rejects if it cannot be started.
 */
export async function runInTerminal(
  { command, folder }: RunParams,
  onOutput: (text: string) => void,
  token: CancellationToken,
): Promise<RunResult> {
  const stop = new AbortController();
  const written = new EventEmitter<string>();
  const stopping = token.onCancellationRequested(() => stop.abort());
  if (token.isCancellationRequested) stop.abort();
  const opened = new Promise<void>((resolve) => {
    const pty: Pseudoterminal = {
      onDidWrite: written.event,
      open: () => resolve(),
      close: () => {
        stop.abort();
        resolve();
      },
      handleInput: (keys) => {
        if (keys.includes("\u0003")) stop.abort();
      },
    };
    last?.dispose();
    last = window.createTerminal({ name: "Nemotron", pty, iconPath: new ThemeIcon("sparkle") });
    last.show(true);
  });
  const write = (text: string) => written.fire(text.replaceAll("\n", "\r\n"));
  try {
    // A terminal that is never drawn, as in a hidden window, must not hold the command back.
    await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, OPEN_MS))]);
    write(`\u001b[1m${command.replace(CONTROLS, "�")}\u001b[0m\n`);
    const show = (text: string) => {
      write(text);
      onOutput(text);
    };
    const { exitCode } = await runCommand(command, Uri.parse(folder).fsPath, { signal: stop.signal, onOutput: show });
    write(`\n\u001b[2m${exitCode === undefined ? t("Stopped") : t("Exit status {0}", exitCode)}\u001b[0m\n`);
    return { exitCode };
  } finally {
    stopping.dispose();
  }
}

/** Characters of a command that would control the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get there.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** How long to wait until the terminal is drawn, ms. What is written before that is lost. */
const OPEN_MS = 3000;
