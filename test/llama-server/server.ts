/** A real llama-server with the toy model, on a free port of the loopback. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { idle, TOY } from "../support/client.ts";

/** Where build/llamaServer.mjs puts it. */
const PROGRAM = path.resolve(".llama-server/llama-server");

/** Whether llama-server can be built here, which takes a minute the first time. CI has to be able to. */
export const canBuild = () =>
  process.env.CI === "true" ||
  (process.platform === "linux" && ["git", "g++"].every((name) => spawnSync(name, ["--version"]).status === 0));

/** Builds it if it is missing or stale. Rejects if that fails. */
export async function buildLlamaServer(): Promise<void> {
  const [code] = await once(spawn(process.execPath, ["build/llamaServer.mjs"], { stdio: ["ignore", 2, 2] }), "exit");
  if (code !== 0) throw new Error("llama-server could not be built.");
}

export type LlamaServer = { baseUrl: string; process: ChildProcess; stop: () => Promise<void> };

/** Resolves when the server is healthy. Rejects if it ends before that. @param args further arguments. */
export async function startLlamaServer(...args: string[]): Promise<LlamaServer> {
  const port = await freePort();
  const options = ["--model", TOY, "--host", "127.0.0.1", "--port", `${port}`, "--ctx-size", "8192", "--parallel", "1"];
  const child = spawn(PROGRAM, [...options, "--threads", "1", "--alias", "toy", ...args], { stdio: "ignore" });
  const exited = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  exited.catch(() => {});
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  while (!(await isHealthy(port))) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`llama-server ended with ${end}.`);
    await Promise.race([idle(50), exited]);
  }
  return {
    baseUrl,
    process: child,
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

async function isHealthy(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || !address) throw new Error("No port is free.");
  return address.port;
}
