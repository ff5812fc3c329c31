/** Runs a command line in a process group of its own, with limits. */
import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import { stripVTControlCharacters } from "node:util";

/** `timeoutMs`: time limit, ms; without it there is none. `onOutput` gets text without control sequences. */
export type RunOptions = { timeoutMs?: number; signal: AbortSignal; onOutput: (text: string) => void };

/** `exitCode`: undefined for a command that was stopped. `stopped`: by the time limit, the output limit or the user. */
export type CommandEnd = { exitCode?: number; stopped?: "time" | "output" | "user" };

/** A command that writes more is stopped, characters. */
export const MAX_OUTPUT_CHARS = 16 * 1024 ** 2;
/** How long a stopped command may take to exit before it is killed, ms. */
const GRACE_MS = 2000;
/** How long to wait for the end of the output after a command has exited, ms. */
const CLOSE_MS = 1000;

/**
 * Runs a command line in a shell, without input. When the command exits or the signal aborts, its whole process group
 * is ended. Throws the system's error if the shell cannot be started.
 */
export async function runCommand(
  command: string,
  folder: string,
  { timeoutMs, signal, onOutput }: RunOptions,
): Promise<CommandEnd> {
  if (signal.aborted) return { stopped: "user" };
  const isWindows = process.platform === "win32";
  const [shell, args] = isWindows ? ["cmd.exe", ["/d", "/s", "/c", `"${command}"`]] : ["/bin/sh", ["-c", command]];
  const child = spawn(shell!, args as string[], {
    cwd: folder,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
    detached: !isWindows,
    windowsVerbatimArguments: isWindows,
    windowsHide: true,
  });
  const end: CommandEnd = {};
  let killing: NodeJS.Timeout | undefined;
  let closing: NodeJS.Timeout | undefined;
  const stop = (why: NonNullable<CommandEnd["stopped"]>) => {
    if (end.stopped) return;
    end.stopped = why;
    signalGroup(child, "SIGTERM");
    killing = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  };
  const onAbort = () => stop("user");
  signal.addEventListener("abort", onAbort, { once: true });
  const kill = () => signalGroup(child, "SIGKILL");
  // The command does not outlive this program.
  process.once("exit", kill);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop("time"), timeoutMs);
  let written = 0;
  const take = (text: string) => {
    if (written > MAX_OUTPUT_CHARS) return;
    written += text.length;
    onOutput(stripVTControlCharacters(text).replaceAll("\r\n", "\n"));
    if (written > MAX_OUTPUT_CHARS) stop("output");
  };
  child.stdout!.setEncoding("utf8").on("data", take);
  child.stderr!.setEncoding("utf8").on("data", take);
  try {
    return await new Promise<CommandEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        if (!end.stopped) end.exitCode = code ?? 128 + os.constants.signals[signal!];
        // Background processes of the command end too: otherwise its output would stay open.
        kill();
        // A process that has left the group can still have the output open.
        closing = setTimeout(() => {
          child.stdout!.destroy();
          child.stderr!.destroy();
        }, CLOSE_MS);
      });
      child.once("close", () => resolve(end));
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    process.off("exit", kill);
    for (const one of [timer, killing, closing]) clearTimeout(one);
  }
}

/** The environment without this program's own variables, which can hold keys, and without colours and pagers. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:NEMOTRON_|ELECTRON_RUN_AS_NODE$|VSCODE_)/i.test(name),
  );
  return { ...Object.fromEntries(own), NO_COLOR: "1", TERM: "dumb", PAGER: "cat", GIT_TERMINAL_PROMPT: "0" };
}

function signalGroup({ pid }: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true });
    else process.kill(-pid, name);
  } catch {
    // The process has ended.
  }
}
