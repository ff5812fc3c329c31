/** `nemotron-server agent` at work on a copy of a sample project. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AgentResult } from "../../server/protocol.ts";
import { PROJECT, TASKS } from "../support/toyEpisodes.ts";

/** `env`: more variables. `json`: its output is read, and not shown. */
export type RepairOptions = { args: string[]; env: NodeJS.ProcessEnv; json: boolean };

/**
 * Repairs one function in a temporary copy of the project. Returns the result with `json`. Throws if it ends with an
 * error; that a task was not done is no error.
 */
export async function repair(
  name: keyof typeof TASKS,
  { args, env, json }: RepairOptions,
): Promise<AgentResult | undefined> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-demo-"));
  cpSync(PROJECT, folder, { recursive: true });
  const check = `node check.mjs ${name}`;
  const all = [
    TASKS[name],
    "--folder",
    folder,
    "--check",
    check,
    "--allow",
    check,
    ...args,
    ...(json ? ["--json"] : []),
  ];
  try {
    const child = spawn(process.execPath, ["dist/server.mjs", "agent", ...all], {
      stdio: ["ignore", json ? "pipe" : "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    const last = output.trimEnd().split("\n").at(-1);
    if (json && !last) throw new Error(`The agent ended with ${code}.`);
    return last ? (JSON.parse(last) as AgentResult) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
