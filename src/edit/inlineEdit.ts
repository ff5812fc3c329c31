/** From an instruction to a proposal in the file. */
import { t } from "@vscode/l10n";
import {
  CancellationTokenSource,
  commands,
  FilePermission,
  type Memento,
  Range,
  Selection,
  type TextDocument,
  type TextEditor,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { EditResult, InstructionId } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { defaultBudget, loadParams } from "../config.ts";
import { selectionLabel } from "../context/sources.ts";
import { lspRange, problemsIn } from "../editor/lsp.ts";
import { SYNCED_SCHEMES } from "../editor/schemes.ts";
import { escapeNotification } from "../errors/problems.ts";
import { commandId, remedyTitles } from "../errors/remedies.ts";
import { ServerError } from "../errors/serverError.ts";
import type { EditRuns } from "./editRuns.ts";
import { askForInstruction, type Choice, type EditObstacle, type PredefinedInstruction } from "./instructionInput.ts";
import { revealFirst } from "./reveal.ts";
import type { Instruction, Proposal } from "./review.ts";
import type { Reviews } from "./reviews.ts";
import { symbolAt } from "./symbolAt.ts";

/** Characters of an answer that a notification shows. */
const LONGEST_PROSE = 300;

/** `memento`: the global state, which keeps recent instructions. */
export type EditDeps = { server: Server; runs: EditRuns; reviews: Reviews; memento: Memento };

/** Asks for an instruction at the selection, and meanwhile reads ahead the part of the prompt before it. */
export async function inlineEdit(deps: EditDeps, predefined: readonly PredefinedInstruction[] = []): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open a file and select the code to edit."));
  const { document, selection } = editor;
  const range = new Range(selection.start, selection.end);
  const ranges = rangesOf(editor);
  const reading = readerAhead(deps.server, document, range);
  let choice: Choice | undefined;
  try {
    choice = await askForInstruction({
      title:
        ranges.length > 1
          ? t(
              "Edit {0} selections of {1}, each separately",
              ranges.length,
              escapeNotification(workspace.asRelativePath(document.uri)),
            )
          : t("Edit {0}", selectionLabel(document, range)),
      named: range.isEmpty ? symbolAt(document, range.start).then((name) => name && t("Edit {0}", name)) : undefined,
      budget: defaultBudget("edit"),
      predefined,
      memento: deps.memento,
      onTyped: reading.read,
      obstacle: obstacleTo(deps, document),
    });
  } finally {
    reading.stop();
  }
  if (!choice) return;
  const { instruction } = choice;
  // Each selection is an edit of its own. Its range follows the changes of the others.
  await Promise.all(ranges.map((range) => runEdit(deps, document, range, instruction, choice)));
}

/** All selections with text, if there are several, or else the main one. */
function rangesOf({ selection, selections }: TextEditor): Range[] {
  const chosen = selections.filter(({ isEmpty }) => !isEmpty);
  return (chosen.length > 1 ? chosen : [selection]).map(({ start, end }) => new Range(start, end));
}

/** Why the document cannot be edited, or no model can be asked. */
async function obstacleTo({ server }: EditDeps, document: TextDocument): Promise<EditObstacle | undefined> {
  const refusal = await refusalOf(document);
  if (refusal) return { message: refusal, remedies: [] };
  if (loadParams() || server.status.type !== "noModel") return undefined;
  const titles = remedyTitles();
  return {
    message: t("Editing needs a model, and none is chosen yet."),
    remedies: (["getModel", "chooseModel"] as const).map((id) => ({ title: titles[id], command: commandId(id) })),
  };
}

/** Runs a predefined instruction on the selection. */
export async function editWith(deps: EditDeps, id: InstructionId, target?: { uri: Uri; range: Range }): Promise<void> {
  const { document, selection: range } = target
    ? { document: await workspace.openTextDocument(target.uri), selection: target.range }
    : editableEditor();
  await runEdit(deps, document, new Range(range.start, range.end), { id }, { budget: budgetFor(id) });
}

const budgetFor = (id: InstructionId) => defaultBudget(id === "refactor" ? "refactor" : "edit");

/**
 * Retries a proposal with an instruction that the user can change. Only that proposal is undone, once the user accepts.
 * @param id of the proposal.
 */
export async function retryEdit(deps: EditDeps, uri: Uri, id: number): Promise<void> {
  const { reviews } = deps;
  const proposal = reviews.proposal(uri, id);
  if (!proposal) throw new Error(t("There is no edit to retry here."));
  const again = choiceAgain(deps, uri, proposal);
  const document = await workspace.openTextDocument(uri);
  const choice = await again;
  if (!choice) return;
  await reviews.reject(document, (hunk) => hunk.proposal === id);
  const { start, end } = reviews.proposal(uri, id) ?? proposal;
  const selection = new Range(document.positionAt(start), document.positionAt(end));
  await window.showTextDocument(document, { selection });
  await runEdit(deps, document, selection, choice.instruction, choice);
}

/** A predefined instruction runs as it is. */
async function choiceAgain({ memento }: EditDeps, uri: Uri, asked: Proposal): Promise<Choice | undefined> {
  const { instruction, budget } = asked;
  if (typeof instruction !== "string") return { instruction, budget };
  const title = t("Edit {0}", escapeNotification(workspace.asRelativePath(uri)));
  // The prompt up to the instruction was read for the first try.
  return askForInstruction({ title, value: instruction, budget, predefined: [], memento });
}

async function runEdit(
  deps: EditDeps,
  document: TextDocument,
  range: Range,
  instruction: Instruction,
  { budget }: Pick<Choice, "budget">,
): Promise<void> {
  await assertEditable(document);
  const { runs, reviews } = deps;
  const editor = window.activeTextEditor;
  const at = editor?.selection;
  const diagnostics = problemsIn(document.uri);
  let result: EditResult | undefined;
  try {
    result = await runs.start({ document, range, instruction, budget, diagnostics });
  } catch (error) {
    const said = error instanceof ServerError && error.code === "notCode" ? error.data.answer?.trim() : undefined;
    if (!said) throw error;
    return showProse(deps, document, range, { instruction, budget }, said);
  }
  if (!result) return;
  const hunks = reviews.hunks(document.uri);
  // The focus stays if the user has moved to another editor.
  if (
    editor &&
    editor === window.activeTextEditor &&
    editor.document === document &&
    at?.start.isEqual(editor.selection.start)
  ) {
    // A key that is pressed now must not overwrite the proposal.
    if (hunks.length > 0) editor.selection = new Selection(editor.selection.start, editor.selection.start);
    revealFirst(editor, hunks);
  }
  await showWarnings(result);
}

/** The model answered without code. Its text may be what the user wants to know. */
async function showProse(
  deps: EditDeps,
  document: TextDocument,
  range: Range,
  asked: Choice,
  said: string,
): Promise<void> {
  const { instruction, budget } = asked;
  const retry = t("Retry…");
  const ask = t("Ask in Chat");
  const text = said.length > LONGEST_PROSE ? `${said.slice(0, LONGEST_PROSE)}…` : said;
  const message = escapeNotification(t("Nemotron answered with text instead of code: {0}", text));
  const chosen = await window.showInformationMessage(message, retry, ask);
  const question = typeof instruction === "string" ? instruction : "";
  if (chosen === ask) await commands.executeCommand("nemotron.askAbout", { uri: document.uri, range }, question);
  if (chosen !== retry) return;
  const title = t("Edit {0}", selectionLabel(document, range));
  const choice = await askForInstruction({ title, value: question, budget, predefined: [], memento: deps.memento });
  if (choice) await runEdit(deps, document, document.validateRange(range), choice.instruction, choice);
}

/** What the user should know before accepting. */
async function showWarnings({ warning, refused }: EditResult): Promise<void> {
  const left = refused.map(({ passage, reason }) => `"${passage.trim()}" (${reason})`).join(", ");
  const doubts = [
    ...(warning ? [warning] : []),
    ...(left === "" ? [] : [t("Left out, because it could not be placed: {0}.", left)]),
  ];
  if (doubts.length > 0) await window.showWarningMessage(escapeNotification(`Nemotron: ${doubts.join(" ")}`));
}

function editableEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open a file and select the code to edit."));
  return editor;
}

/** Called before the model is asked. Throws an Error in words for the user if the document cannot be changed. */
async function assertEditable(document: TextDocument): Promise<void> {
  const refusal = await refusalOf(document);
  if (refusal) throw new Error(refusal);
}

/** Why a document cannot be changed, in words for the user. */
async function refusalOf({ uri }: TextDocument): Promise<string | undefined> {
  if (!SYNCED_SCHEMES.includes(uri.scheme)) return t("This document cannot be edited.");
  if (uri.scheme === "untitled" || uri.scheme === "vscode-notebook-cell") return undefined;
  const stat = await workspace.fs.stat(uri).then(undefined, () => undefined);
  const readOnly = stat?.permissions !== undefined && (stat.permissions & FilePermission.Readonly) !== 0;
  const isReadOnly = readOnly || workspace.fs.isWritableFileSystem(uri.scheme) === false;
  return isReadOnly ? t("{0} is read-only.", workspace.asRelativePath(uri)) : undefined;
}

/** Each call cancels the one before it; what was already read is kept. */
function readerAhead(server: Server, document: TextDocument, range: Range) {
  let work = new CancellationTokenSource();
  return {
    read: (instruction: string) => {
      work.cancel();
      work = new CancellationTokenSource();
      const params = {
        textDocument: { uri: document.uri.toString(), version: document.version },
        range: lspRange(range),
        instruction,
        diagnostics: problemsIn(document.uri),
      };
      // Nothing was requested yet: a failure is reported with the request itself.
      server.prepareEdit(params, work.token).catch(() => {});
    },
    stop: () => work.cancel(),
  };
}
