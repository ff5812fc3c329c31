/** `nemotron-server --stdio | --node-ipc`: the language server. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { Backends } from "../backends/backends.ts";
import { probeGpus } from "../engine/hardware.ts";
import { Supervisor } from "../engine/supervisor.ts";
import { startServer } from "../server.ts";
import { loadParams, MODEL_OPTIONS, MODEL_USAGE, UsageError } from "./options.ts";

export const LSP_USAGE = `nemotron-server --stdio | --node-ipc [options]
${MODEL_USAGE}`;

/** @param folder of the bundles. Throws UsageError. */
export function lsp(args: string[], folder: string): void {
  const { values } = parseArgs({
    args,
    options: {
      stdio: { type: "boolean" },
      "node-ipc": { type: "boolean" },
      clientProcessId: { type: "string" },
      ...MODEL_OPTIONS,
    },
  });
  if (!values.stdio && !values["node-ipc"]) throw new UsageError("How to talk to the client is missing.");
  const load = loadParams(values);
  const connection = createConnection(ProposedFeatures.all);
  // To stderr, where editors collect what a server has to say. Never prompts or code.
  const log = (message: string) => console.error(`engine: ${message}`);
  const enginePath = path.join(folder, "engine.mjs");
  const backends = new Backends();
  startServer(connection, {
    engine: new Supervisor({ enginePath, log, backendsFolder: () => backends.folder }),
    readGrammar: (file) => readFile(path.join(folder, "grammars", file)),
    probeGpus: (gpu, exclude) => probeGpus({ enginePath, gpu, exclude, backendsFolder: backends.folder, log }),
    backends,
    load,
  });
}
