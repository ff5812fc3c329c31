/** The commands of edits. */
import { t } from "@vscode/l10n";
import { commands, Range, type TextDocument, Uri, window, workspace } from "vscode";
import type { InstructionId } from "../../server/protocol.ts";
import { refactorings } from "./actions.ts";
import { stopCommitMessage, writeCommitMessage } from "./commitMessage.ts";
import { type EditDeps, editWith, inlineEdit, retryEdit } from "./inlineEdit.ts";
import type { Originals } from "./originals.ts";
import type { Reviews } from "./reviews.ts";
import { writeTests } from "./writeTests.ts";

export type EditCommandDeps = EditDeps & { originals: Originals };
type Handler = (deps: EditCommandDeps, ...args: unknown[]) => Promise<void> | void;

/** By the ids of the manifest. Arguments are what lenses, menus and code actions hand over. */
export const EDIT_COMMANDS: Record<string, Handler> = {
  "nemotron.inlineEdit": (deps) => inlineEdit(deps),
  "nemotron.refactor": async (deps, target) => {
    const at = targetOf(target);
    if (at) await window.showTextDocument(await workspace.openTextDocument(at.uri), { selection: at.range });
    await inlineEdit(deps, refactorings());
  },
  "nemotron.fix": ready("fix"),
  "nemotron.document": ready("document"),
  "nemotron.addTypes": ready("addTypes"),
  "nemotron.simplify": ready("simplify"),
  "nemotron.writeTests": ({ server }, target) => writeTests(server, targetOf(target)),
  "nemotron.keepHunk": async ({ reviews }, ...args) => {
    const { document, id } = await hunkOf(reviews, args);
    reviews.keep(document.uri, id);
  },
  "nemotron.rejectHunk": async ({ reviews }, ...args) => {
    const { document, id } = await hunkOf(reviews, args);
    await reviews.reject(document, id);
  },
  "nemotron.keepAll": ({ reviews }, uri) => reviews.keep(documentUri(uri)),
  "nemotron.rejectAll": async ({ reviews }, uri) => reviews.reject(await workspace.openTextDocument(documentUri(uri))),
  "nemotron.retryEdit": (deps, uri) => retryEdit(deps, documentUri(uri)),
  "nemotron.diffEdit": ({ originals }, uri) => originals.openDiff(documentUri(uri)),
  "nemotron.peekHunk": peek,
  "nemotron.stopEdit": ({ runs }, id) => runs.stop(window.activeTextEditor?.document.uri, numberOf(id)),
  "nemotron.answerEditNow": async ({ runs }, id) => {
    const [run] = window.activeTextEditor ? runs.in(window.activeTextEditor.document.uri) : [];
    const wanted = numberOf(id) ?? run?.id;
    if (wanted !== undefined) await runs.answerNow(wanted);
  },
  "nemotron.writeCommitMessage": ({ server }, scm) => writeCommitMessage(server, scm as { rootUri?: Uri } | undefined),
  "nemotron.stopCommitMessage": () => stopCommitMessage(),
};

function ready(id: InstructionId): Handler {
  return (deps, target) => editWith(deps, id, targetOf(target));
}

/** The editor's own peek, which shows the lines that are gone. */
async function peek(_: EditCommandDeps, uri: unknown, line: unknown): Promise<void> {
  const at = new Range(numberOf(line) ?? 0, 0, numberOf(line) ?? 0, 0);
  await window.showTextDocument(documentUri(uri), { selection: at });
  await commands.executeCommand("editor.action.dirtydiff.next");
}

/** From the keyboard and the palette comes none: the active editor is meant. */
function documentUri(uri: unknown): Uri {
  const found = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
  if (!found) throw new Error(t("There is no edit here."));
  return found;
}

/**
 * A lens names the hunk, the peek of changes names its lines, the keyboard means the one that the cursor is in, or else
 * the next one below it.
 */
async function hunkOf(
  reviews: Reviews,
  [uri, which, index]: unknown[],
): Promise<{ document: TextDocument; id: number }> {
  const document = await workspace.openTextDocument(documentUri(uri));
  const id = numberOf(which);
  if (id !== undefined) return { document, id };
  const hunks = reviews.hunks(document.uri);
  const line = peekedLine(which, index) ?? window.activeTextEditor?.selection.active.line ?? 0;
  const hunk = hunks.find(({ end }) => document.positionAt(end).line >= line) ?? hunks.at(-1);
  if (!hunk) throw new Error(t("There is no proposed change here."));
  return { document, id: hunk.id };
}

/** The first line, from 0, of the change that the peek shows. */
function peekedLine(changes: unknown, index: unknown): number | undefined {
  const change: unknown = Array.isArray(changes) ? changes[numberOf(index) ?? 0] : undefined;
  if (typeof change !== "object" || change === null || !("modifiedStartLineNumber" in change)) return undefined;
  const line = numberOf(change.modifiedStartLineNumber);
  return line === undefined ? undefined : line - 1;
}

const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);

function targetOf(value: unknown): { uri: Uri; range: Range } | undefined {
  if (typeof value !== "object" || value === null || !("uri" in value) || !("range" in value)) return undefined;
  const { uri, range } = value;
  return uri instanceof Uri && range instanceof Range ? { uri, range } : undefined;
}
