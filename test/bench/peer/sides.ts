/** The two servers, each with the same file, threads and context. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { type LlamaServer, runLlamaServer } from "../../llama-server/server.ts";
import { hostGone, newRuntime } from "../../support/client.ts";
import { processesAt } from "../../support/processes.ts";
import { startServing, untilHealthy } from "../../support/serving.ts";

export type Server = {
  url: string;
  /** From the start of its process until the model is loaded, ms. */
  readyMs: number;
  stop(): Promise<void>;
};

export type Side = {
  name: "ours" | "llama-server";
  /** How it is started, for the reader of the table. */
  command: string;
  /** A second one runs beside the first, as a second window or program would have it. */
  start(): Promise<Server>;
  /** All its processes. */
  pids(): number[];
  /** Removes what it has kept on disk. */
  remove(): void;
};

export type Setup = { file: string; threads: number; contextTokens: number };

/** As a user starts it in a terminal. What it learns and keeps on disk stays until the end, as it would. */
export function ours({ file, threads, contextTokens }: Setup): Side {
  const runtime = newRuntime();
  const env = { NEMOTRON_RUNTIME_DIR: runtime, NEMOTRON_STATES_DIR: path.join(runtime, "states") };
  const options = ["--gpu", "off", "--context", `${contextTokens}`, "--threads", `${threads}`];
  const running = new Set<ChildProcess>();
  return {
    name: "ours",
    command: ["nemotron-server serve", "--model FILE", ...options].join(" "),
    start: async () => {
      const started = performance.now();
      const { process: child, url } = await startServing(["--model", file, ...options], env);
      running.add(child);
      // The name could be looked up as another address first.
      const address = url.replace("localhost", "127.0.0.1");
      await untilHealthy(address, child);
      return {
        url: address,
        readyMs: performance.now() - started,
        stop: async () => {
          child.kill();
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
          running.delete(child);
          if (running.size === 0) await hostGone(runtime);
        },
      };
    },
    pids: () => processesAt(runtime),
    remove: () => rmSync(runtime, { recursive: true, force: true }),
  };
}

/**
 * Built with optimization. Its defaults are good ones: the number of slots is chosen for it, they share the context, and
 * prompts are kept in RAM (--cache-ram). --cache-reuse is left out, because a hybrid model's context cannot be shifted.
 */
export function llamaServer({ file, threads, contextTokens }: Setup): Side {
  const options = ["--ctx-size", `${contextTokens}`, "--threads", `${threads}`];
  const running = new Set<LlamaServer>();
  return {
    name: "llama-server",
    command: ["llama-server", "--model FILE", ...options].join(" "),
    start: async () => {
      const started = performance.now();
      const server = await runLlamaServer("optimized", ["--model", file, ...options]);
      const readyMs = performance.now() - started;
      running.add(server);
      return {
        url: server.baseUrl,
        readyMs,
        stop: async () => {
          await server.stop();
          running.delete(server);
        },
      };
    },
    pids: () => [...running].map(({ process }) => process.pid!),
    remove: () => {},
  };
}
