/** `nemotron-server serve` as a user starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { idle } from "./client.ts";

export type Serving = { process: ChildProcess; url: string; stdout: string; stderr: () => string };

/** Resolves when it has greeted, at a free port. The model may still be loading. Rejects if it ends before that. */
export async function startServing(args: string[], env: Record<string, string>): Promise<Serving> {
  const child = spawn(process.execPath, ["dist/server.mjs", "serve", "--port", "0", ...args], {
    env: { ...process.env, ...env },
  });
  endWithUs(child);
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  for await (const data of child.stdout) {
    stdout += data;
    if (/curl .*\n/.test(stdout)) break;
  }
  const [url] = /http:\S+\/v1/.exec(stdout) ?? [];
  if (url === undefined) throw new Error(stdout + stderr);
  return { process: child, url, stdout, stderr: () => stderr };
}

/** Ends a server at the latest when this process exits. */
export function endWithUs(child: ChildProcess): void {
  const end = () => void child.kill();
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
}

/** Waits until an endpoint's model is loaded. Rejects if its process ends before that. */
export async function untilHealthy(baseUrl: string, child: ChildProcess): Promise<void> {
  const health = new URL("/health", baseUrl);
  const isHealthy = () =>
    fetch(health).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isHealthy())) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`${child.spawnfile} ended with ${end}.`);
    await idle(10);
  }
}
