/** Runs `nemotron-server COMMAND` as a user does in a terminal. */
import { spawn } from "node:child_process";

export type Run = { code: number | null; stdout: string; stderr: string };

/** Resolves when the command has ended. @param interruptAt SIGINT is sent once its stderr contains this. */
export function runCommand(args: string[], interruptAt?: RegExp, env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, ["dist/server.mjs", ...args], { env: { ...process.env, ...env } });
  const result: Run = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    result.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    result.stderr += text;
    if (!interruptAt?.test(result.stderr)) return;
    interruptAt = undefined;
    child.kill("SIGINT");
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ ...result, code })));
}
