/** Explains a selection, a problem or terminal output. Each explanation begins a conversation in the chat. */
import { t } from "@vscode/l10n";
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionProvider,
  commands,
  type Diagnostic,
  DocumentSymbol,
  env,
  languages,
  Range,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from "vscode";
import { thinking } from "../config.ts";
import { problemsSource, selectionSource, terminalSource } from "../context/sources.ts";
import { lspRange, problemsIn } from "../editor/lsp.ts";
import { SYNCED_SCHEMES } from "../editor/schemes.ts";
import type { Chat } from "./chat.ts";
import type { ChatView } from "./view.ts";

type ExplainDeps = { chat: Chat; view: ChatView };

/** Lines shown around a problem that is in no symbol of suitable size. */
const LINES_AROUND = 12;
/** Lines. */
const LONGEST_SYMBOL = 80;
/** Characters. */
const LONGEST_MESSAGE = 300;

/** Explains the selection, or what the cursor is in. Throws an Error in words for the user if no editor is open. */
export async function explainSelection({ chat, view }: ExplainDeps): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open a file and select the code to explain."));
  const { document, selection } = editor;
  const source = selectionSource(document, selection);
  void view.show();
  if (!SYNCED_SCHEMES.includes(document.uri.scheme)) {
    // The server cannot see such a document: it gets the text.
    chat.startNew();
    return chat.ask(t("Explain this code."), [source]);
  }
  const target = { uri: document.uri.toString(), range: lspRange(selection), diagnostics: problemsIn(document.uri) };
  await chat.explain(target, source, thinking("explain"));
}

/** Explains a lightbulb's problem, or the one at the cursor. Throws an Error in words for the user if there is none. */
export async function explainProblem({ chat, view }: ExplainDeps, uri?: Uri, problem?: Diagnostic): Promise<void> {
  const diagnostic = problem ?? problemAtCursor();
  const at = uri ?? window.activeTextEditor?.document.uri;
  if (!at || !diagnostic) throw new Error(t("There is no problem at the cursor."));
  void view.show();
  const document = await workspace.openTextDocument(at);
  const problems = problemsSource(document.uri, [diagnostic])!;
  const code = selectionSource(document, await surroundings(document, diagnostic.range));
  chat.startNew();
  await chat.ask(t("Explain this problem: {0}", diagnostic.message.slice(0, LONGEST_MESSAGE)), [code, problems]);
}

/** Explains the terminal's selection. Throws an Error in words for the user if nothing is selected. */
export async function explainTerminal({ chat, view }: ExplainDeps): Promise<void> {
  const text = await terminalSelection();
  if (text.trim() === "") throw new Error(t("Select the output to explain in the terminal."));
  void view.show();
  chat.startNew();
  await chat.ask(t("Explain this terminal output."), [terminalSource(text)]);
}

/** Offers the explanation of a problem in its lightbulb. */
export class ExplainActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix];

  provideCodeActions(
    { uri }: TextDocument,
    _: Range,
    { diagnostics }: { diagnostics: readonly Diagnostic[] },
  ): CodeAction[] {
    return diagnostics.map((diagnostic) => ({
      title: t("Explain this problem"),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { command: "nemotron.explainProblem", title: t("Explain this problem"), arguments: [uri, diagnostic] },
    }));
  }
}

function problemAtCursor(): Diagnostic | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const problems = languages.getDiagnostics(editor.document.uri);
  const { selection } = editor;
  return (
    problems.find(({ range }) => range.contains(selection.active)) ??
    problems.find(({ range }) => range.start.line === selection.active.line) ??
    problems.find(({ range }) => range.intersection(selection))
  );
}

/** The function or class that a problem is in, or some lines around the problem. */
async function surroundings(document: TextDocument, problem: Range): Promise<Range> {
  const symbols = await commands.executeCommand<unknown[]>("vscode.executeDocumentSymbolProvider", document.uri);
  const around = innermost(symbols ?? [], problem);
  if (around) return around;
  const first = Math.max(0, problem.start.line - LINES_AROUND);
  return document.validateRange(new Range(first, 0, problem.end.line + LINES_AROUND, Number.MAX_SAFE_INTEGER));
}

function innermost(symbols: unknown[], problem: Range): Range | undefined {
  for (const symbol of symbols) {
    if (!(symbol instanceof DocumentSymbol) || !symbol.range.contains(problem)) continue;
    const inner = innermost(symbol.children, problem);
    if (inner) return inner;
    if (symbol.range.end.line - symbol.range.start.line < LONGEST_SYMBOL) return symbol.range;
  }
  return undefined;
}

/** A terminal's selection can be read only through the clipboard, whose content is restored. */
async function terminalSelection(): Promise<string> {
  const before = await env.clipboard.readText();
  await env.clipboard.writeText("");
  await commands.executeCommand("workbench.action.terminal.copySelection");
  const text = await env.clipboard.readText();
  await env.clipboard.writeText(before);
  return text;
}
