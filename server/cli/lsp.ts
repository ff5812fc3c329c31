/** `nemotron-server --stdio | --node-ipc`: the language server. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Command, Option } from "commander";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { Backends } from "../backends/backends.ts";
import { probeGpus } from "../engine/client/hardware.ts";
import { startServer } from "../lsp/server.ts";
import type { LoadParams } from "../protocol.ts";
import { Engines } from "../remote/engines.ts";
import { RemoteEngine } from "../remote/remoteEngine.ts";
import { SharedEngine } from "../sharing/client/sharedEngine.ts";
import {
  addModelOptions,
  addRemoteOptions,
  type KeepAliveValues,
  keepAliveOption,
  loadOptions,
  type ModelValues,
  type RemoteValues,
  remoteParams,
  UsageError,
} from "./options.ts";

type Values = ModelValues & RemoteValues & KeepAliveValues & { stdio?: boolean; nodeIpc?: boolean };

/** @param folder the folder of the product's bundles. */
export function lspCommand(folder: string): Command {
  const command = new Command("lsp")
    .description("run the language server; the word lsp can be left out")
    .configureHelp({ commandUsage: () => "nemotron-server --stdio | --node-ipc [options]" })
    .option("--stdio", "speak LSP over stdin and stdout")
    .option("--node-ipc", "speak LSP over Node's IPC")
    .addOption(new Option("--clientProcessId <id>").hideHelp());
  return addRemoteOptions(addModelOptions(command).addOption(keepAliveOption())).action((values: Values) =>
    lsp(values, folder),
  );
}

/** Throws UsageError. */
function lsp(values: Values, folder: string): void {
  if (!values.stdio && !values.nodeIpc) throw new UsageError("Say how to talk to the client: --stdio or --node-ipc.");
  const load = remoteParams(values) ?? localParams(values);
  const connection = createConnection(ProposedFeatures.all);
  // Log to stderr, which editors collect. The lines hold no prompts and no code.
  const log = (message: string) => console.error(`engine: ${message}`);
  const enginePath = path.join(folder, "engine.mjs");
  const backends = new Backends();
  const policy = { keepAliveMinutes: values.keepAlive };
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

const localParams = ({ model, ...values }: Values): LoadParams | undefined =>
  model === undefined ? undefined : { model, ...loadOptions(values) };
