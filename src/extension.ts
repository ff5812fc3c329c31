/** The extension's table of contents. */
import { t } from "@vscode/l10n";
import { commands, type ExtensionContext, env, l10n, languages, Uri, window } from "vscode";
import { createAgent } from "./agent/agent.ts";
import { AgentRuns } from "./agent/agentRuns.ts";
import { GpuNotices } from "./backends/notices.ts";
import { Chat } from "./chat/chat.ts";
import { Composer } from "./chat/composer.ts";
import { EditorTab } from "./chat/editorTab.ts";
import { ExplainActions } from "./chat/explain.ts";
import type { ChatParts } from "./chat/fromUser.ts";
import { ConversationStore } from "./chat/store.ts";
import { ChatView } from "./chat/view.ts";
import { Joining } from "./client/joining.ts";
import { RemoteAccess } from "./client/remoteAccess.ts";
import { Server } from "./client/server.ts";
import { registerCommands } from "./commands.ts";
import { Attachments } from "./context/attachments.ts";
import { FileSearch } from "./context/fileSearch.ts";
import { IgnoreRules } from "./context/ignoreRules.ts";
import { applyCode } from "./edit/applyCode.ts";
import { createEdits } from "./edit/edits.ts";
import { Reviews } from "./edit/reviews.ts";
import { SYNCED_DOCUMENTS } from "./editor/schemes.ts";
import { escapeNotification } from "./errors/problems.ts";
import { Downloads } from "./models/downloads.ts";
import { showNewNotes } from "./models/noteNotices.ts";
import { registerLanguageModel } from "./participant/participant.ts";
import { ownerId } from "./sharing/owner.ts";
import { StatusBar } from "./status/statusBar.ts";
import { setLanguage } from "./text/locale.ts";

let store: ConversationStore | undefined;
let server: Server | undefined;
let leave = () => {};

/** Starts no server: its first use does. */
export function activate(context: ExtensionContext): void {
  setLanguage(env.language, l10n.bundle);
  const { extensionUri, workspaceState, storageUri, globalStorageUri } = context;
  const access = new RemoteAccess(context.secrets, context.globalState);
  const joining = new Joining(workspaceState);
  const reviews = new Reviews(workspaceState);
  const storage = storageUri ?? globalStorageUri;
  const agentChat = { isShown: () => view.isShown && chat.isAgentWorking, show: () => showAgent() };
  const agentParts = createAgent(context, reviews, { storage, chat: agentChat });
  server = new Server(
    context.asAbsolutePath("dist/server.mjs"),
    { access, joining },
    {
      modelsFolder: Uri.joinPath(globalStorageUri, "models").fsPath,
      backendsFolder: Uri.joinPath(globalStorageUri, "backends").fsPath,
      owner: ownerId(storageUri ? workspaceState : context.globalState),
    },
    { memento: workspaceState, workspace: agentParts.workspace },
  );
  const downloads = new Downloads(server, context.globalState, context.secrets);
  store = new ConversationStore(Uri.joinPath(storage, "chats"), warnUnsaved);
  const runs = new AgentRuns({ server, ...agentParts });
  const chat = new Chat(server, { store, memento: workspaceState }, { ...agentParts, runs, reviews });
  leave = () => chat.leave();
  const ignoreRules = new IgnoreRules();
  const files = new FileSearch(ignoreRules);
  const attachments = new Attachments(ignoreRules);
  const composer = new Composer(server, chat, attachments);
  const edits = createEdits(context, server, reviews);
  const parts: ChatParts = {
    server,
    downloads,
    chat,
    composer,
    attachments,
    files,
    applyCode: (applied) => applyCode(edits, applied),
  };
  const view = new ChatView(Uri.joinPath(extensionUri, "dist", "media"), parts);
  const showAgent = async () => {
    if (runs.conversation !== undefined && !chat.isAgentWorking) await chat.open(runs.conversation);
    await view.show();
  };

  context.subscriptions.push(
    store,
    downloads,
    chat,
    ignoreRules,
    files,
    attachments,
    composer,
    view,
    new StatusBar(server, downloads),
    new GpuNotices(server, context.globalState),
    showNewNotes(server),
    window.registerWebviewViewProvider(ChatView.id, view),
    window.registerWebviewPanelSerializer(EditorTab.id, view.tab),
    languages.registerCodeActionsProvider(SYNCED_DOCUMENTS, new ExplainActions(), {
      providedCodeActionKinds: ExplainActions.kinds,
    }),
    chat.onDidChange(() => commands.executeCommand("setContext", "nemotron.replying", chat.isReplying)),
    downloads.onDidChange(() =>
      commands.executeCommand("setContext", "nemotron.downloading", downloads.running !== undefined),
    ),
    server.endpoint.onDidChange(() =>
      commands.executeCommand("setContext", "nemotron.serving", server?.endpoint.url !== undefined),
    ),
    ...registerCommands({ ...parts, ...edits, store, view, access }),
    ...registerLanguageModel({ server, ignoreRules }, Uri.joinPath(extensionUri, "media", "icon.png")),
  );
  void chat.restore();
}

/** VS Code waits for this before it closes the window: the chats are on disk then, and the server has ended. */
export async function deactivate(): Promise<void> {
  leave();
  await Promise.all([store?.flush(), server?.dispose()]);
}

function warnUnsaved(reason: string): void {
  const next = t("It stays open until the window closes. Your next change tries to save it again.");
  void window.showWarningMessage(
    escapeNotification(`${t("Nemotron: the chat could not be saved ({0}).", reason)} ${next}`),
  );
}
