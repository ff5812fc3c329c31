/** The language server: routes each message to its feature. Everything that touches the outside is a dependency. */
import path from "node:path";
import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  RequestType0,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type { Backends } from "../backends/backends.ts";
import type { Engine } from "../engine/engine.ts";
import { setTranslations } from "../engine/language.ts";
import { apply } from "../features/apply/apply.ts";
import { chat } from "../features/chat/chat.ts";
import { count } from "../features/chat/count.ts";
import { countTokens } from "../features/chat/countTokens.ts";
import { explain } from "../features/chat/explain.ts";
import { prepare } from "../features/chat/prepare.ts";
import { resume } from "../features/chat/resume.ts";
import { Grammars, type ReadGrammar } from "../features/code/grammars.ts";
import { commitMessage } from "../features/commit/commitMessage.ts";
import type { FeatureDeps } from "../features/deps.ts";
import { codeActions } from "../features/edit/actions.ts";
import { edit } from "../features/edit/edit.ts";
import { prepareEdit } from "../features/edit/prepareEdit.ts";
import { RunningReplies } from "../features/replies.ts";
import { Summaries } from "../features/summaries.ts";
import { writeTests } from "../features/tests/tests.ts";
import { SYSTEM_PROMPT } from "../features/text/prompts.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import { HardwareProbe, type ProbeGpus } from "../models/hardware.ts";
import { listModels } from "../models/list.ts";
import { Command, type LoadParams, Method, type Status } from "../protocol.ts";
import { checkParams } from "../shared/check.ts";
import { type AgentClient, serveAgent } from "./agent.ts";
import { ApiServerHolder } from "./apiServer.ts";
import { serveBackends } from "./backendRequests.ts";
import { runCommand } from "./commands.ts";
import { readOptions } from "./initializationOptions.ts";
import { downloadModel, importFile, removeModel } from "./modelFiles.ts";
import { openDocuments } from "./openDocuments.ts";
import { reporter, respondWith, type Serve } from "./requests.ts";
import * as schemas from "./schemas.ts";

/** What the server needs from outside. `readGrammar`: reads a tree-sitter grammar by its file name. */
export type ServerDependencies = {
  engine: Engine;
  readGrammar: ReadGrammar;
  /** Left out: GPUs are not detected. */
  probeGpus?: ProbeGpus;
  backends: Backends;
  /** The model to load when the client has initialized. */
  load?: LoadParams;
};

/** The models' languages besides English, by the beginning of a locale such as `de`, `de-DE` or `de_DE.UTF-8`. */
const LANGUAGES: Record<string, string> = { de: "German", es: "Spanish", fr: "French", it: "Italian", ja: "Japanese" };
const languageOf = (locale = "") => LANGUAGES[locale.toLowerCase().split(/[-_.]/)[0]!];

/** For clients without own commands: editors that support only LSP. */
const COMMAND_CAPABILITIES: ServerCapabilities = {
  codeActionProvider: {
    codeActionKinds: [
      CodeActionKind.QuickFix,
      CodeActionKind.RefactorRewrite,
      CodeActionKind.RefactorExtract,
      CodeActionKind.Empty,
    ],
  },
  executeCommandProvider: { commands: Object.values(Command), workDoneProgress: true },
};

/** The owner for a client that names none, derived from the folders: the same folders find their states again. */
const ownerOf = ({ workspaceFolders, rootUri }: InitializeParams) =>
  JSON.stringify(workspaceFolders?.map(({ uri }) => uri) ?? rootUri ?? "");

const NO_GPU: ProbeGpus = async () => ({ backend: "cpu", gpus: [], unified: false });

/** Serves one client over the connection. The engine is disposed of on `shutdown`. */
export function startServer(connection: Connection, dependencies: ServerDependencies): void {
  const { engine, readGrammar, probeGpus = NO_GPU, backends, load } = dependencies;
  const hardware = new HardwareProbe(probeGpus);
  const documents = openDocuments(connection);
  const deps: FeatureDeps = {
    engine,
    documents,
    replies: new RunningReplies(),
    summaries: new Summaries(engine),
    grammars: new Grammars(readGrammar),
  };
  const endpoint = new ApiServerHolder(engine);
  let capabilities: InitializeParams["capabilities"] = {};
  let forAgent: Omit<AgentClient, "capabilities"> = { abilities: [] };
  let folder = defaultModelsFolder();
  const files = () => ({ connection, engine, folder });

  const setPolicy = (policy: unknown) => {
    try {
      engine.setPolicy?.(checkParams(schemas.policy, policy));
    } catch (error) {
      connection.console.warn((error as Error).message);
    }
  };

  connection.onInitialize((params): InitializeResult => {
    capabilities = params.capabilities;
    const warn = (message: string) => connection.console.warn(message);
    const options = readOptions(params.initializationOptions ?? {}, warn);
    const { ownCommands, translations, modelsFolder, backendsFolder, owner, policy, workspace = [], ripgrep } = options;
    forAgent = { abilities: workspace, ripgrep };
    if (backendsFolder) backends.folder = backendsFolder;
    if (translations) setTranslations(translations);
    if (modelsFolder) folder = path.resolve(modelsFolder);
    deps.language = languageOf(params.locale);
    documents.setFolders(params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []));
    engine.introduce?.({ kind: ownCommands ? "window" : undefined, owner: owner ?? ownerOf(params) });
    if (policy) engine.setPolicy?.(policy);
    return {
      serverInfo: { name: "nemotron-local" },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        ...(ownCommands ? {} : COMMAND_CAPABILITIES),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    if (capabilities.workspace?.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => documents.changeFolders(added, removed));
    engine.onStatus((status) => void connection.sendNotification(Method.status, status));
    engine.onStatus(warmUp(engine));
    void connection.sendNotification(Method.status, engine.status);
    // The status reports it if the load fails.
    if (load) engine.load(load).catch(() => {});
  });

  /** Serves a request that can be cancelled, and that streams if the client gave a token. */
  const serve: Serve = (method, schema, handler) =>
    connection.onRequest(method, (...args: unknown[]) =>
      // vscode-jsonrpc passes positional parameters (the protocol has none) one by one. The token is always the last.
      respondWith(args.at(-1) as CancellationToken, (signal) => {
        const params = checkParams(schema, args[0]);
        return handler(params, signal, reporter(connection, params));
      }),
    );

  serve(Method.chat, schemas.chat, (params, signal, report) => chat(params, deps, signal, report));
  serve(Method.prepare, schemas.prepare, (params, signal) => prepare(params, deps, signal));
  serve(Method.count, schemas.prepare, (params, signal) => count(params, deps, signal));
  serve(Method.countTokens, schemas.countTokens, (params, signal) => countTokens(params, deps, signal));
  serveAgent(connection, serve, deps, () => ({ capabilities, ...forAgent }));
  serve(Method.explain, schemas.explain, (params, signal, report) => explain(params, deps, signal, report));
  serve(Method.resume, schemas.resume, (params, signal, report) => resume(params, deps, signal, report));
  serve(Method.forget, schemas.forget, async ({ conversation }) => {
    deps.summaries.forget(conversation);
    await engine.forget?.(conversation);
    return null;
  });
  serve(Method.edit, schemas.edit, (params, signal, report) => edit(params, deps, signal, report));
  serve(Method.prepareEdit, schemas.prepareEdit, (params, signal) => prepareEdit(params, deps, signal));
  serve(Method.apply, schemas.apply, (params) => apply(params, deps));
  serve(Method.writeTests, schemas.writeTests, (params, signal, report) => writeTests(params, deps, signal, report));
  serve(Method.commitMessage, schemas.commitMessage, (params, signal, report) =>
    commitMessage(params, deps, signal, report),
  );
  serve(Method.answerNow, schemas.answerNow, async ({ token }) => {
    await deps.replies.answerNow(token);
    return null;
  });
  serve(Method.addBudget, schemas.addBudget, async ({ token, tokens }) => ({
    budget: await deps.replies.addBudget(token, tokens),
  }));
  serve(Method.models, schemas.models, (params) => listModels(params, { hardware, folder, status: engine.status }));
  serve(Method.download, schemas.download, (params, signal) => downloadModel(params, files(), signal));
  serve(Method.importModel, schemas.importModel, (params, signal) => importFile(params, files(), signal));
  serve(Method.deleteModel, schemas.deleteModel, (params) => removeModel(params, files()));
  serve(Method.load, schemas.load, (params, signal) => engine.load(params, signal));
  connection.onRequest(Method.unload, async () => {
    await engine.unload();
    return null;
  });
  connection.onNotification(Method.policy, setPolicy);
  serve(Method.startEndpoint, schemas.startEndpoint, (params) => endpoint.start(params));
  connection.onRequest(Method.stopEndpoint, async () => {
    await endpoint.stop();
    return null;
  });
  connection.onRequest(new RequestType0<Status, void>(Method.status), () => engine.status);
  serveBackends(connection, serve, { engine, backends });

  connection.onCodeAction((unchecked) => {
    const params = checkParams(schemas.codeAction, unchecked);
    const document = documents.get(params.textDocument.uri);
    return document && codeActions(params, document, deps.grammars);
  });
  connection.onExecuteCommand((params, token, progress) =>
    respondWith(token, (signal) => runCommand(params, { ...deps, connection, capabilities, progress }, signal)),
  );

  connection.onShutdown(async () => {
    await endpoint.stop();
    await engine.dispose();
  });
  connection.listen();
}

/** Reads the system prompt when a model is loaded, so that a first question reads only itself. */
function warmUp(engine: Engine): (status: Status) => void {
  let warm = "";
  return (status) => {
    if (status.type !== "ready") {
      if (status.type !== "busy") warm = "";
      return;
    }
    if (warm === status.model.path) return;
    warm = status.model.path;
    engine
      .prepare({ messages: [{ role: "system", content: SYSTEM_PROMPT }] }, new AbortController().signal)
      .catch(() => {});
  };
}
