/** The language server: which message leads where. Everything that touches the world comes in as a dependency. */
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
import { serveBackends } from "./backendRequests.ts";
import type { Backends } from "./backends/backends.ts";
import { runCommand } from "./commands.ts";
import { EndpointHolder } from "./endpoint.ts";
import type { Engine } from "./engine/engine.ts";
import { speak } from "./engine/language.ts";
import { codeActions } from "./features/actions.ts";
import { apply } from "./features/apply.ts";
import { chat } from "./features/chat.ts";
import { commitMessage } from "./features/commitMessage.ts";
import { count } from "./features/count.ts";
import { countTokens } from "./features/countTokens.ts";
import type { FeatureDeps, Report } from "./features/deps.ts";
import { edit } from "./features/edit.ts";
import { explain } from "./features/explain.ts";
import { Grammars, type ReadGrammar } from "./features/grammars.ts";
import { prepare } from "./features/prepare.ts";
import { prepareEdit } from "./features/prepareEdit.ts";
import { SYSTEM_PROMPT } from "./features/prompts.ts";
import { Replies } from "./features/replies.ts";
import { resume } from "./features/resume.ts";
import { writeTests } from "./features/tests.ts";
import { downloadModel, importFile, removeModel } from "./modelFiles.ts";
import { defaultModelsFolder } from "./models/folder.ts";
import { HardwareProbe, type ProbeGpus } from "./models/hardware.ts";
import { listModels } from "./models/list.ts";
import { openDocuments } from "./openDocuments.ts";
import {
  checkApply,
  checkChat,
  checkCommitMessage,
  checkConversation,
  checkCountTokens,
  checkDownload,
  checkEdit,
  checkExplain,
  checkForget,
  checkImport,
  checkLoad,
  checkModelId,
  checkModels,
  checkPrepareEdit,
  checkResume,
  checkStartEndpoint,
  checkToken,
  checkTokens,
  checkWriteTests,
} from "./params.ts";
import {
  type AddBudgetParams,
  type AnswerNowParams,
  type ApplyParams,
  type ChatParams,
  Command,
  type CommitMessageParams,
  type CountParams,
  type CountTokensParams,
  type DeleteModelParams,
  type DownloadParams,
  type EditParams,
  type EnginePolicy,
  type ExplainParams,
  type ForgetParams,
  type ImportParams,
  type InitializationOptions,
  type LoadParams,
  Method,
  type ModelsParams,
  type PrepareEditParams,
  type PrepareParams,
  type ResumeParams,
  type StartEndpointParams,
  type Status,
  type WriteTestsParams,
} from "./protocol.ts";
import { reporter, respondWith } from "./requests.ts";

export type ServerDependencies = {
  engine: Engine;
  readGrammar: ReadGrammar;
  /** Left out: no GPU is looked for. */
  probeGpus?: ProbeGpus;
  backends: Backends;
  /** What to load as soon as a client is there. */
  load?: LoadParams;
};

/** The model's languages, beside English, by the beginning of a locale: `de`, `de-DE`, `de_DE.UTF-8`. */
const LANGUAGES: Record<string, string> = { de: "German", es: "Spanish", fr: "French", it: "Italian", ja: "Japanese" };
const languageOf = (locale = "") => LANGUAGES[locale.toLowerCase().split(/[-_.]/)[0]!];

/** For editors that know nothing but LSP. */
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

/** For clients that do not say: whoever opens the same folders again finds their conversations' states again. */
const ownerOf = ({ workspaceFolders, rootUri }: InitializeParams) =>
  JSON.stringify(workspaceFolders?.map(({ uri }) => uri) ?? rootUri ?? "");

const NO_GPU: ProbeGpus = async () => ({ backend: "cpu", gpus: [], unified: false });

export function startServer(connection: Connection, dependencies: ServerDependencies): void {
  const { engine, readGrammar, probeGpus = NO_GPU, backends, load } = dependencies;
  const hardware = new HardwareProbe(probeGpus);
  const documents = openDocuments(connection);
  const deps: FeatureDeps = { engine, documents, replies: new Replies(), grammars: new Grammars(readGrammar) };
  const endpoint = new EndpointHolder(engine);
  let capabilities: InitializeParams["capabilities"] = {};
  let folder = defaultModelsFolder();
  const files = () => ({ connection, engine, folder });

  connection.onInitialize((params): InitializeResult => {
    capabilities = params.capabilities;
    const options: InitializationOptions = params.initializationOptions ?? {};
    const { ownCommands, translations, modelsFolder, backendsFolder, owner, policy } = options;
    if (backendsFolder) backends.folder = backendsFolder;
    if (translations) speak(translations);
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
    // A failure is told by the status.
    if (load) engine.load(load).catch(() => {});
  });

  /** A request that can be cancelled, and streams where the client gave a token. */
  const serve = <P extends object>(
    method: string,
    check: (params: P) => void,
    handler: (params: P, signal: AbortSignal, report: Report) => unknown,
  ) =>
    connection.onRequest(method, (...args: unknown[]) => {
      // Positional parameters, which we do not have, would come one by one; the token is always the last.
      const params = args[0] as P;
      return respondWith(args.at(-1) as CancellationToken, (signal) => {
        check(params);
        return handler(params, signal, reporter(connection, params));
      });
    });

  serve<ChatParams>(Method.chat, checkChat, (params, signal, report) => chat(params, deps, signal, report));
  serve<PrepareParams>(Method.prepare, checkConversation, (params, signal) => prepare(params, deps, signal));
  serve<CountParams>(Method.count, checkConversation, (params, signal) => count(params, deps, signal));
  serve<CountTokensParams>(Method.countTokens, checkCountTokens, (params, signal) => countTokens(params, deps, signal));
  serve<ExplainParams>(Method.explain, checkExplain, (params, signal, report) => explain(params, deps, signal, report));
  serve<ResumeParams>(Method.resume, checkResume, (params, signal, report) => resume(params, deps, signal, report));
  serve<ForgetParams>(Method.forget, checkForget, async ({ conversation }) => {
    await engine.forget?.(conversation);
    return null;
  });
  serve<EditParams>(Method.edit, checkEdit, (params, signal, report) => edit(params, deps, signal, report));
  serve<PrepareEditParams>(Method.prepareEdit, checkPrepareEdit, (params, signal) => prepareEdit(params, deps, signal));
  serve<ApplyParams>(Method.apply, checkApply, (params) => apply(params, deps));
  serve<WriteTestsParams>(Method.writeTests, checkWriteTests, (params, signal, report) =>
    writeTests(params, deps, signal, report),
  );
  serve<CommitMessageParams>(Method.commitMessage, checkCommitMessage, (params, signal, report) =>
    commitMessage(params, deps, signal, report),
  );
  serve<AnswerNowParams>(Method.answerNow, checkToken, async ({ token }) => {
    await deps.replies.answerNow(token);
    return null;
  });
  serve<AddBudgetParams>(Method.addBudget, checkTokens, async ({ token, tokens }) => ({
    budget: await deps.replies.addBudget(token, tokens),
  }));
  serve<ModelsParams>(Method.models, checkModels, (params) =>
    listModels(params, { hardware, folder, status: engine.status }),
  );
  serve<DownloadParams>(Method.download, checkDownload, (params, signal) => downloadModel(params, files(), signal));
  serve<ImportParams>(Method.importModel, checkImport, (params, signal) => importFile(params, files(), signal));
  serve<DeleteModelParams>(Method.deleteModel, checkModelId, (params) => removeModel(params, files()));
  serve<LoadParams>(Method.load, checkLoad, (params, signal) => engine.load(params, signal));
  connection.onRequest(Method.unload, async () => {
    await engine.unload();
    return null;
  });
  connection.onNotification(Method.policy, (policy: EnginePolicy) => engine.setPolicy?.(policy));
  serve<StartEndpointParams>(Method.startEndpoint, checkStartEndpoint, (params) => endpoint.start(params));
  connection.onRequest(Method.stopEndpoint, async () => {
    await endpoint.stop();
    return null;
  });
  connection.onRequest(new RequestType0<Status, void>(Method.status), () => engine.status);
  serveBackends(connection, serve, { engine, backends });

  connection.onCodeAction((params) => {
    const document = documents.get(params.textDocument.uri);
    return document && codeActions(params, document);
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

/** Reads the system prompt as soon as a model is there: every first question then reads only itself. */
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
