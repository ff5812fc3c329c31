/** A test file, proposed where the project keeps its tests. */
import { t } from "@vscode/l10n";
import { CancellationTokenSource, ProgressLocation, Range, Uri, WorkspaceEdit, window, workspace } from "vscode";
import { sampling, thinking } from "../config.ts";
import { lspRange } from "../lsp.ts";
import type { Server } from "../server.ts";

/** Opens the file unsaved: it is the user's to keep. */
export async function writeTests(server: Server, target?: { uri: Uri; range: Range }): Promise<void> {
  const editor = window.activeTextEditor;
  const uri = target?.uri ?? editor?.document.uri;
  const range = target?.range ?? editor?.selection;
  if (!uri || !range) throw new Error(t("Open a file and select what is to be tested."));
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
    const stages = { prompt: "", reading: t("reading"), thought: t("thinking"), answer: t("writing"), toolCall: "" };
    return server.writeTests(params, ({ type }) => progress.report({ message: stages[type] }), work.token).result;
  });
  const proposed = Uri.parse(result.uri, true).with({ scheme: "untitled" });
  const document = await workspace.openTextDocument(proposed);
  const edit = new WorkspaceEdit();
  edit.replace(proposed, new Range(0, 0, document.lineCount, 0), result.text);
  await workspace.applyEdit(edit);
  await window.showTextDocument(document);
}
