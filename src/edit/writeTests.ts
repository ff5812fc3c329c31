/** Writes tests, and proposes them where the project keeps its tests. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource, ProgressLocation, Range, Uri, WorkspaceEdit, window, workspace } from "vscode";
import type { TextEdit } from "vscode-languageclient";
import { TextDocument as Snapshot } from "vscode-languageserver-textdocument";
import type { WriteTestsResult } from "../../server/protocol.ts";
import { sampling, thinking } from "../config.ts";
import { lspRange } from "../editor/lsp.ts";
import { proposeEdits } from "./applyCode.ts";
import type { EditDeps } from "./inlineEdit.ts";
import { snapshotOf } from "./snapshot.ts";

/** Opens a new file unsaved, so that the user decides whether to keep it. An existing file gets a proposal. */
export async function writeTests(deps: EditDeps, target?: { uri: Uri; range: Range }): Promise<void> {
  const editor = window.activeTextEditor;
  const uri = target?.uri ?? editor?.document.uri;
  const range = target?.range ?? editor?.selection;
  if (!uri || !range) throw new Error(t("Open a file and select the code to test."));
  const work = new CancellationTokenSource();
  const options = { location: ProgressLocation.Notification, title: t("Nemotron is writing tests"), cancellable: true };
  const result = await window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => work.cancel());
    const params = {
      textDocument: { uri: uri.toString() },
      range: lspRange(range),
      thinking: thinking("edit"),
      sampling: sampling(),
    };
    const writing = t("writing");
    const stages = {
      prompt: "",
      reading: t("reading"),
      thought: t("thinking"),
      answer: writing,
      revised: writing,
      toolCall: "",
    };
    return deps.server.writeTests(params, ({ type }) => progress.report({ message: stages[type] }), work.token).result;
  });
  if (result.edits) return addToFile(deps, { ...result, edits: result.edits });
  const proposed = Uri.parse(result.uri, true).with({ scheme: "untitled" });
  const document = await workspace.openTextDocument(proposed);
  const edit = new WorkspaceEdit();
  edit.replace(proposed, new Range(0, 0, document.lineCount, 0), result.text);
  await workspace.applyEdit(edit);
  await window.showTextDocument(document);
}

async function addToFile(
  deps: EditDeps,
  { uri, text, edits, warning }: WriteTestsResult & { edits: readonly TextEdit[] },
): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(uri, true));
  const shown = snapshotOf(document);
  const isSame = Snapshot.applyEdits(shown, [...edits]) === text;
  if (!isSame || !(await proposeEdits(deps, document, { shown, edits, warning })))
    throw new Error(t("The file has changed in the meantime. Write the tests again."));
}
