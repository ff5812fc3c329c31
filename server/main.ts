/** node server.mjs --stdio | --node-ipc [--model FILE] [--context N] [--gpu auto|off|cuda|vulkan|metal] [--threads N] */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { Supervisor } from "./engine/supervisor.ts";
import type { LoadParams } from "./protocol.ts";
import { startServer } from "./server.ts";

const USAGE = `usage: server.mjs --stdio | --node-ipc [options]
  --model FILE     a GGUF file to load at once
  --context N      tokens of context for the chat
  --gpu KIND       auto (default), off, cuda, vulkan or metal
  --gpu-layers N   layers to put on the GPU; as many as fit when left out
  --threads N      CPU threads; chosen by what the model needs when left out
  --idle-states N  MiB of disk for the states of idle conversations (4096)`;

const GPU = ["auto", "off", "cuda", "vulkan", "metal"] as const;

function fromArguments(): LoadParams | undefined {
  const { values } = parseArgs({
    options: {
      stdio: { type: "boolean" },
      "node-ipc": { type: "boolean" },
      clientProcessId: { type: "string" },
      model: { type: "string" },
      context: { type: "string" },
      gpu: { type: "string" },
      "gpu-layers": { type: "string" },
      threads: { type: "string" },
      "idle-states": { type: "string" },
    },
  });
  if (!values.stdio && !values["node-ipc"]) throw new Error("How to talk to the client is missing.");
  const count = (name: "context" | "gpu-layers" | "threads" | "idle-states") => {
    const value = values[name];
    if (value !== undefined && !/^\d+$/.test(value)) throw new Error(`--${name} must be a number.`);
    return value === undefined ? undefined : Number(value);
  };
  const gpu = GPU.find((kind) => kind === (values.gpu ?? "auto"));
  if (!gpu) throw new Error(`--gpu must be one of ${GPU.join(", ")}.`);
  const idleStates = count("idle-states");
  const options: Omit<LoadParams, "model"> = {
    contextTokens: count("context"),
    gpu,
    gpuLayers: count("gpu-layers"),
    threads: count("threads"),
    idleStateBytes: idleStates === undefined ? undefined : idleStates * 1024 ** 2,
  };
  return values.model === undefined ? undefined : { model: path.resolve(values.model), ...options };
}

function main() {
  let load: LoadParams | undefined;
  try {
    load = fromArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
  const connection = createConnection(ProposedFeatures.all);
  const folder = path.dirname(fileURLToPath(import.meta.url));
  const enginePath = path.join(folder, "engine.mjs");
  // To stderr, where editors collect what a server has to say. Never prompts or code.
  const engine = new Supervisor({ enginePath, log: (message) => console.error(`engine: ${message}`) });
  const readGrammar = (file: string) => readFile(path.join(folder, "grammars", file));
  startServer(connection, { engine, readGrammar, load });
}

main();
