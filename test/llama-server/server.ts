/** A real llama-server, on a free port of the loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { TOY } from "../support/client.ts";
import { endWithUs, untilHealthy } from "../support/serving.ts";

/** Where build/llamaServer.mjs puts it: built quickly for the tests, with optimization for the benchmark. */
const FOLDERS = { quick: ".llama-server", optimized: ".llama-server-optimized" };
type Build = keyof typeof FOLDERS;

/** Whether llama-server can be built here, which takes a minute the first time. CI has to be able to. */
export const canBuild = () =>
  process.env.CI === "true" ||
  (process.platform === "linux" && ["git", "g++"].every((name) => spawnSync(name, ["--version"]).status === 0));

/** Builds it if it is missing or stale. Rejects if that fails. */
export async function buildLlamaServer(build: Build = "quick"): Promise<void> {
  const args = ["build/llamaServer.mjs", ...(build === "optimized" ? ["--optimized"] : [])];
  const [code] = await once(spawn(process.execPath, args, { stdio: ["ignore", 2, 2] }), "exit");
  if (code !== 0) throw new Error("llama-server could not be built.");
}

export type LlamaServer = { baseUrl: string; process: ChildProcess; stop: () => Promise<void> };

/** With the toy model. */
export function startLlamaServer(...args: string[]): Promise<LlamaServer> {
  const options = ["--model", TOY, "--ctx-size", "8192", "--parallel", "1", "--threads", "1", "--alias", "toy"];
  return runLlamaServer("quick", [...options, ...args]);
}

/** Resolves when its model is loaded. Rejects if it ends before that. */
export async function runLlamaServer(build: Build, args: string[]): Promise<LlamaServer> {
  const port = await freePort();
  const program = path.resolve(FOLDERS[build], "llama-server");
  const child = spawn(program, ["--host", "127.0.0.1", "--port", `${port}`, ...args], { stdio: "ignore" });
  endWithUs(child);
  const exited = once(child, "exit");
  exited.catch(() => {});
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  await untilHealthy(baseUrl, child);
  return {
    baseUrl,
    process: child,
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || !address) throw new Error("No port is free.");
  return address.port;
}
