/** Proposes a code block of an answer in place of the code that it rewrites. */
import { t } from "@vscode/l10n";
import { EndOfLine, type Position, type TextDocument, Uri, window, workspace } from "vscode";
import type { TextEdit } from "vscode-languageclient";
import type { Change } from "../editor/hunks.ts";
import { escapeNotification } from "../errors/problems.ts";
import { ServerError } from "../errors/serverError.ts";
import { runCodeAction } from "./codeBlocks.ts";
import type { EditDeps } from "./inlineEdit.ts";
import { askForPlace } from "./offerPlaces.ts";
import { revealFirst } from "./reveal.ts";
import type { ProposalOrigin } from "./review.ts";
import { type Snapshot, snapshotOf, toChanges } from "./snapshot.ts";

/** Applied code has no instruction that could be retried. */
const APPLIED: ProposalOrigin = { instruction: "", budget: "off", thought: "" };

/** `named`: paths in the sentence above the code. `attached`: URIs of the conversation's documents, latest first. */
export type AppliedCode = { code: string; language: string; named: readonly string[]; attached: readonly string[] };

/**
 * Tries the files that are named above the code, the active document, then the conversation's documents. If the code
 * has no place in any of them, the user chooses one.
 */
export async function applyCode(deps: EditDeps, { code, language, named, attached }: AppliedCode): Promise<void> {
  const editor = window.activeTextEditor;
  const active = editor?.document.uri.toString();
  const files = await filesNamed(named);
  const candidates = new Set([...files, ...(active ? [active] : []), ...attached]);
  let refusal = t("No open file matches this code.");
  for (const uri of candidates) {
    try {
      return await applyTo(deps, await workspace.openTextDocument(Uri.parse(uri, true)), code);
    } catch (error) {
      if (!(error instanceof ServerError && error.code === "notPlaced")) throw error;
      refusal = error.message;
    }
  }
  const documents = await Promise.all(files.map((uri) => workspace.openTextDocument(Uri.parse(uri, true))));
  const place = await askForPlace(escapeNotification(refusal), editor, documents);
  if (place?.type === "newFile") return runCodeAction("newFile", code, language);
  if (place?.type === "cursor") return insert(deps, place.editor.document, code, place.editor.selection.active);
  if (place) return insert(deps, place.document, code);
}

/** The workspace's files with that name, if the name is unique. */
async function filesNamed(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) => workspace.findFiles(`**/${name.replace(/[[\]{}*?]/g, "?")}`, undefined, 2)),
  );
  return found.flatMap((uris) => (uris.length === 1 ? [uris[0]!.toString()] : []));
}

/** Proposes the code on lines of its own, at a position or at the end. */
async function insert({ reviews }: EditDeps, document: TextDocument, code: string, at?: Position): Promise<void> {
  const editor = await window.showTextDocument(document, { preview: false });
  const eol = document.eol === EndOfLine.CRLF ? "\r\n" : "\n";
  const text = code.replace(/\n$/, "").split(/\r?\n/).join(eol);
  const end = document.lineAt(document.lineCount - 1);
  const line = at ? document.lineAt(at.line) : end;
  const isBlank = line.isEmptyOrWhitespace;
  const offset = document.offsetAt(isBlank ? line.range.start : line.range.end);
  const change: Change = isBlank
    ? { offset, length: line.text.length, text: line === end ? text + eol : text }
    : { offset, length: 0, text: eol + text };
  const place = { start: offset, end: offset + change.length };
  await reviews.propose(document, APPLIED, () => ({ changes: [change], place }));
  revealFirst(editor, reviews.hunks(document.uri));
}

async function applyTo(deps: EditDeps, document: TextDocument, code: string): Promise<void> {
  const shown = snapshotOf(document);
  const { uri, version } = shown;
  const { edits, warning } = await deps.server.apply({ textDocument: { uri, version }, code });
  const isProposed = await proposeEdits(deps, document, { shown, edits, warning });
  if (!isProposed) throw new Error(t("The file has changed in the meantime. Apply the code again."));
}

/** Shows the document with the edits of its snapshot as a proposal. Returns false if it has changed since. */
export async function proposeEdits(
  { reviews }: Pick<EditDeps, "reviews">,
  document: TextDocument,
  { shown, edits, warning }: { shown: Snapshot; edits: readonly TextEdit[]; warning?: string },
): Promise<boolean> {
  const editor = await window.showTextDocument(document, { preview: false });
  const changes = toChanges(shown, edits);
  const place = {
    start: Math.min(...changes.map(({ offset }) => offset)),
    end: Math.max(...changes.map(({ offset, length }) => offset + length)),
  };
  if (changes.length === 0) void window.showInformationMessage(t("Nemotron: the file already contains this code."));
  else if (
    !(await reviews.propose(document, APPLIED, () =>
      document.version === shown.version ? { changes, place } : undefined,
    ))
  )
    return false;
  revealFirst(editor, reviews.hunks(document.uri));
  if (warning) void window.showWarningMessage(escapeNotification(`Nemotron: ${warning}`));
  return true;
}
