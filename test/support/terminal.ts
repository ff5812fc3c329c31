/** Runs a command of nemotron-server in a real terminal, by `script` of util-linux. Linux only. */
import { spawn } from "node:child_process";

/** What a person types once the screen, from the last answer on, shows this. `\x03` is Ctrl+C, `\x04` Ctrl+D. */
export type Answer = [shown: RegExp, typed: string];

/** `screen`: all that was shown, with escape codes. */
export type TerminalRun = { code: number | null; screen: string };

/** Resolves when the command has ended. The answers are given one after the other. */
export function runInTerminal(
  args: readonly string[],
  answers: readonly Answer[],
  env: Record<string, string>,
): Promise<TerminalRun> {
  const words = [process.execPath, "dist/server.mjs", ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = spawn("script", ["-qec", `exec ${words.join(" ")}`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm", NO_COLOR: "", ...env },
  });
  const run: TerminalRun = { code: null, screen: "" };
  const left = [...answers];
  let from = 0;
  child.stdout.setEncoding("utf8").on("data", (text) => {
    run.screen += text;
    const [next] = left;
    if (!next?.[0].test(run.screen.slice(from))) return;
    left.shift();
    from = run.screen.length;
    child.stdin.write(next[1]);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ ...run, code })));
}
