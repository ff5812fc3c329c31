/** The chat's commands, for the palette, the menus and the keyboard. */
import { t } from "@vscode/l10n";
import { languages, Uri, window, workspace } from "vscode";
import { MORE_TOKENS } from "../../media/messages.ts";
import { attachPicked, attachUris } from "../context/attach.ts";
import { problemsSource, selectionSource } from "../context/sources.ts";
import { targetOf } from "../editor/lsp.ts";
import { explainProblem, explainSelection, explainTerminal } from "./explain.ts";
import type { ChatParts } from "./fromUser.ts";
import { deleteChat, exportChat, renameChat, showHistory } from "./history.ts";
import type { ConversationStore } from "./store.ts";
import type { ChatView } from "./view.ts";

export type ChatDeps = ChatParts & { view: ChatView; store: ConversationStore };

/** By command id. Arguments come from menus, and may be missing. */
export const CHAT_COMMANDS = {
  "nemotron.openChat": ({ view }: ChatDeps) => view.show(),
  "nemotron.newChat": async ({ chat, view }: ChatDeps) => {
    chat.startNew();
    await view.show();
  },
  "nemotron.openChatInEditor": async ({ view }: ChatDeps) => view.tab.open(),
  "nemotron.findInChat": async ({ view }: ChatDeps) => view.go("find"),
  "nemotron.nextTurn": async ({ view }: ChatDeps) => view.go("nextTurn"),
  "nemotron.previousTurn": async ({ view }: ChatDeps) => view.go("previousTurn"),
  "nemotron.nextCodeBlock": async ({ view }: ChatDeps) => view.go("nextCode"),
  "nemotron.previousCodeBlock": async ({ view }: ChatDeps) => view.go("previousCode"),
  "nemotron.showHistory": ({ chat, store }: ChatDeps) => showHistory(chat, store),
  "nemotron.renameChat": ({ chat }: ChatDeps) => renameChat(chat),
  "nemotron.deleteChat": ({ chat }: ChatDeps) => deleteChat(chat),
  "nemotron.exportChat": ({ chat }: ChatDeps) => exportChat(chat),
  "nemotron.toggleMode": async ({ chat }: ChatDeps) => chat.setMode(chat.mode === "ask" ? "agent" : "ask"),
  "nemotron.forgetAllowed": ({ chat }: ChatDeps) => chat.agent.forgetAllowed(),
  "nemotron.stopReply": async ({ chat }: ChatDeps) => chat.stop(),
  "nemotron.answerNow": ({ chat }: ChatDeps) => chat.answerNow(),
  "nemotron.extendThought": ({ chat }: ChatDeps) => chat.addBudget(MORE_TOKENS),
  "nemotron.regenerateReply": async ({ chat }: ChatDeps) => {
    const last = chat.current.turns.at(-1);
    if (last) await chat.regenerate(last.id);
  },
  "nemotron.explainSelection": (deps: ChatDeps) => explainSelection(deps),
  "nemotron.explainProblem": (deps: ChatDeps, uri?: unknown, problem?: unknown) =>
    explainProblem(deps, uri instanceof Uri ? uri : undefined, isDiagnostic(problem) ? problem : undefined),
  "nemotron.explainTerminal": (deps: ChatDeps) => explainTerminal(deps),
  "nemotron.askAbout": askAbout,
  "nemotron.attachFile": attachFile,
  "nemotron.attachProblems": attachProblems,
} satisfies Record<string, (deps: ChatDeps, ...args: unknown[]) => Promise<void>>;

/** Attaches the selection, then opens the composer, where the user asks. The chip is visible when the focus arrives. */
async function askAbout({ attachments, view }: ChatDeps, target?: unknown, question?: unknown): Promise<void> {
  const at = targetOf(target);
  if (at) {
    const document = await workspace.openTextDocument(at.uri);
    attachments.add([selectionSource(document, at.range)]);
    return view.show(typeof question === "string" ? question : "");
  }
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open a file and select the code that your question is about."));
  const { document, selection } = editor;
  const range = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
  attachments.add([selectionSource(document, range)]);
  await view.show();
}

/** The explorer passes the clicked file, and all selected files. */
async function attachFile({ attachments, files, view }: ChatDeps, clicked?: unknown, all?: unknown): Promise<void> {
  const uris = (Array.isArray(all) && all.length > 0 ? all : [clicked]).filter((uri) => uri instanceof Uri);
  if (uris.length === 0) await attachPicked(attachments, files);
  const shown = view.show();
  if (uris.length > 0) await attachUris(attachments, uris);
  await shown;
}

async function attachProblems({ attachments, view }: ChatDeps): Promise<void> {
  const uri = window.activeTextEditor?.document.uri;
  const source = uri && problemsSource(uri, languages.getDiagnostics(uri));
  if (!source) throw new Error(t("There are no problems in this file."));
  attachments.add([source]);
  await view.show();
}

type ProblemOf = Parameters<typeof explainProblem>[2];
const isDiagnostic = (value: unknown): value is NonNullable<ProblemOf> =>
  typeof value === "object" && value !== null && "message" in value && "range" in value;
