/**
 * node scriptedServer.mjs --stdio | --node-ipc: the language server over a scripted engine, for replies that no model
 * gives on demand. NEMOTRON_SCRIPT names a JSON file with a list of ScriptedReply. The file may change meanwhile.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { Backends } from "../../server/backends/backends.ts";
import { startServer } from "../../server/lsp/server.ts";
import { ScriptedEngine } from "./scriptedEngine.ts";

const script = process.env.NEMOTRON_SCRIPT;
if (!script) throw new Error("NEMOTRON_SCRIPT must name the script.");
const grammars = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../grammars");

startServer(createConnection(ProposedFeatures.all), {
  engine: new ScriptedEngine(script),
  backends: new Backends(),
  readGrammar: (file) => readFile(path.join(grammars, file)),
});
