/** A code block of an answer, put in the place of the code that it rewrites: the same proposal as an edit's. */
import { t } from "@vscode/l10n";
import { type TextDocument, Uri, window, workspace } from "vscode";
import { plain } from "../problems.ts";
import { ServerError } from "../serverError.ts";
import type { EditDeps } from "./inlineEdit.ts";
import { revealFirst } from "./reveal.ts";
import { snapshotOf, toChanges } from "./snapshot.ts";

/**
 * Tries the document in front of the user, then those that the conversation speaks about, the latest first. Throws an
 * Error with words for the user where the code has no place in any of them: it is never put at the cursor.
 */
export async function applyCode(deps: EditDeps, code: string, spokenOf: readonly string[]): Promise<void> {
  const active = window.activeTextEditor?.document.uri.toString();
  const candidates = new Set([...(active ? [active] : []), ...spokenOf]);
  let refusal: unknown = new Error(t("Open the file that the code is for."));
  for (const uri of candidates) {
    try {
      return await applyTo(deps, await workspace.openTextDocument(Uri.parse(uri, true)), code);
    } catch (error) {
      if (!(error instanceof ServerError && error.code === "notPlaced")) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

async function applyTo({ server, reviews }: EditDeps, document: TextDocument, code: string): Promise<void> {
  const shown = snapshotOf(document);
  const { uri, version } = shown;
  const result = await server.apply({ textDocument: { uri, version }, code });
  const editor = await window.showTextDocument(document, { preview: false });
  const changes = toChanges(shown, result.edits);
  if (changes.length === 0) void window.showInformationMessage(t("Nemotron: the file says this already."));
  else if (!(await reviews.propose(document, () => (document.version === version ? changes : undefined))))
    throw new Error(t("The file was changed meanwhile. Apply the code again."));
  revealFirst(editor, reviews.hunks(document.uri));
  if (result.warning) void window.showWarningMessage(plain(`Nemotron: ${result.warning}`));
}
