/** `nemotron-server --stdio | --node-ipc`: the language server. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { Backends } from "../backends/backends.ts";
import { probeGpus } from "../engine/hardware.ts";
import { Engines } from "../engines.ts";
import type { LoadParams } from "../protocol.ts";
import { RemoteEngine } from "../remote/remoteEngine.ts";
import { startServer } from "../server.ts";
import { SharedEngine } from "../sharing/sharedEngine.ts";
import {
  count,
  KEEP_ALIVE_OPTION,
  KEEP_ALIVE_USAGE,
  keepAlive,
  loadParams,
  MODEL_OPTIONS,
  MODEL_USAGE,
  type ModelValues,
  UsageError,
} from "./options.ts";

export const LSP_USAGE = `nemotron-server --stdio | --node-ipc [options]
${MODEL_USAGE}
${KEEP_ALIVE_USAGE}
  --remote URL     an OpenAI-compatible endpoint instead of a file; its key in NEMOTRON_REMOTE_KEY
  --remote-model NAME  as the endpoint names it; the first that it offers when left out`;

/** @param folder of the bundles. Throws UsageError. */
export function lsp(args: string[], folder: string): void {
  const { values } = parseArgs({
    args,
    options: {
      stdio: { type: "boolean" },
      "node-ipc": { type: "boolean" },
      clientProcessId: { type: "string" },
      remote: { type: "string" },
      "remote-model": { type: "string" },
      ...MODEL_OPTIONS,
      ...KEEP_ALIVE_OPTION,
    },
  });
  if (!values.stdio && !values["node-ipc"]) throw new UsageError("How to talk to the client is missing.");
  const load = remoteParams(values) ?? loadParams(values);
  const connection = createConnection(ProposedFeatures.all);
  // To stderr, where editors collect what a server has to say. Never prompts or code.
  const log = (message: string) => console.error(`engine: ${message}`);
  const enginePath = path.join(folder, "engine.mjs");
  const backends = new Backends();
  const policy = { keepAliveMinutes: keepAlive(values) };
  const local = new SharedEngine({
    bundles: folder,
    kind: "editor",
    log,
    backendsFolder: () => backends.folder,
    policy,
  });
  startServer(connection, {
    engine: new Engines(local, new RemoteEngine()),
    readGrammar: (file) => readFile(path.join(folder, "grammars", file)),
    probeGpus: (gpu, exclude) => probeGpus({ enginePath, gpu, exclude, backendsFolder: backends.folder, log }),
    backends,
    load,
  });
}

/** The key comes by the environment: arguments are for all to see. Throws UsageError. */
function remoteParams(values: ModelValues & { remote?: string; "remote-model"?: string }): LoadParams | undefined {
  if (values.remote === undefined) return undefined;
  const { NEMOTRON_REMOTE_KEY: apiKey } = process.env;
  const contextTokens = count("context", values.context);
  return { remote: { baseUrl: values.remote, model: values["remote-model"], apiKey }, contextTokens };
}
