/** The commands for editing. */
import { t } from "@vscode/l10n";
import { type TextDocument, Uri, window, workspace } from "vscode";
import type { InstructionId } from "../../server/protocol.ts";
import { targetOf } from "../editor/lsp.ts";
import { refactorings } from "./actions.ts";
import { stopCommitMessage, writeCommitMessage } from "./commitMessage.ts";
import { type EditDeps, editWith, inlineEdit, retryEdit } from "./inlineEdit.ts";
import { documentOfDiff, type Originals } from "./originals.ts";
import { nextEdit, showPendingEdits } from "./pending.ts";
import type { PendingHunk } from "./review.ts";
import type { Reviews } from "./reviews.ts";
import { writeTests } from "./writeTests.ts";

export type EditCommandDeps = EditDeps & { originals: Originals };
type Handler = (deps: EditCommandDeps, ...args: unknown[]) => Promise<void> | void;

/** By command id. Arguments come from lenses, menus and code actions. */
export const EDIT_COMMANDS: Record<string, Handler> = {
  "nemotron.inlineEdit": (deps) => inlineEdit(deps),
  "nemotron.refactor": async (deps, target) => {
    const at = targetOf(target);
    if (at) await window.showTextDocument(await workspace.openTextDocument(at.uri), { selection: at.range });
    await inlineEdit(deps, refactorings());
  },
  "nemotron.fix": predefined("fix"),
  "nemotron.document": predefined("document"),
  "nemotron.addTypes": predefined("addTypes"),
  "nemotron.simplify": predefined("simplify"),
  "nemotron.writeTests": (deps, target) => writeTests(deps, targetOf(target)),
  "nemotron.keepHunk": async ({ reviews }, ...args) => {
    const { document, id } = await hunkOf(reviews, args);
    reviews.keep(document.uri, (hunk) => hunk.id === id);
  },
  "nemotron.undoHunk": async ({ reviews }, ...args) => {
    const { document, id } = await hunkOf(reviews, args);
    await reviews.reject(document, (hunk) => hunk.id === id);
  },
  "nemotron.keepAll": ({ reviews }, uri) => reviews.keep(documentUri(uri)),
  "nemotron.undoAll": async ({ reviews }, uri) => reviews.reject(await workspace.openTextDocument(documentUri(uri))),
  "nemotron.retryEdit": async (deps, uri, proposal) => {
    const at = documentUri(uri);
    await retryEdit(deps, at, numberOf(proposal) ?? hunkAt(deps.reviews, at)?.proposal ?? -1);
  },
  "nemotron.showPendingEdits": ({ reviews }) => showPendingEdits(reviews),
  "nemotron.nextEdit": ({ reviews }) => nextEdit(reviews),
  "nemotron.diffEdit": ({ originals }, uri) => originals.openDiff(documentUri(uri)),
  "nemotron.peekHunk": async ({ reviews, originals }, ...args) => {
    const { document, id } = await hunkOf(reviews, args);
    await originals.peek(document, id);
  },
  "nemotron.stopEdit": ({ runs }, id) => runs.stop(window.activeTextEditor?.document.uri, numberOf(id)),
  "nemotron.answerEditNow": async ({ runs }, id) => {
    const [run] = window.activeTextEditor ? runs.in(window.activeTextEditor.document.uri) : [];
    const wanted = numberOf(id) ?? run?.id;
    if (wanted !== undefined) await runs.answerNow(wanted);
  },
  "nemotron.writeCommitMessage": ({ server }, scm) => writeCommitMessage(server, scm as { rootUri?: Uri } | undefined),
  "nemotron.stopCommitMessage": () => stopCommitMessage(),
};

function predefined(id: InstructionId): Handler {
  return (deps, target) => editWith(deps, id, targetOf(target));
}

/** The keyboard and the palette pass no URI: then the active editor is meant. */
function documentUri(uri: unknown): Uri {
  const active = window.activeTextEditor?.document.uri;
  const found = uri instanceof Uri ? uri : active && documentOfDiff(active);
  if (!found) throw new Error(t("There is no edit here."));
  return found;
}

/** A lens passes the hunk's id; the keyboard means the hunk at the cursor. */
async function hunkOf(reviews: Reviews, [uri, which]: unknown[]): Promise<{ document: TextDocument; id: number }> {
  const at = documentUri(uri);
  const document = await workspace.openTextDocument(at);
  const id = numberOf(which) ?? hunkAt(reviews, at)?.id;
  if (id === undefined) throw new Error(t("There is no proposed change here."));
  return { document, id };
}

/** The hunk at the cursor, else the next one below it, else the last. */
function hunkAt(reviews: Reviews, uri: Uri): PendingHunk | undefined {
  const editor = window.activeTextEditor;
  const hunks = reviews.hunks(uri);
  if (editor?.document.uri.toString() !== uri.toString()) return hunks[0];
  const { document, selection } = editor;
  return hunks.find(({ end }) => document.positionAt(end).line >= selection.active.line) ?? hunks.at(-1);
}

const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);
