/** From an instruction to a proposal in the file. */
import { t } from "@vscode/l10n";
import {
  CancellationTokenSource,
  FilePermission,
  type Memento,
  Range,
  type TextDocument,
  type TextEditor,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { EditResult, InstructionId } from "../../server/protocol.ts";
import { selectionLabel } from "../chat/sources.ts";
import { budgetToThinking, defaultBudget } from "../config.ts";
import { lspRange, problemsIn } from "../lsp.ts";
import { plain } from "../problems.ts";
import { SYNCED_SCHEMES } from "../schemes.ts";
import type { Server } from "../server.ts";
import type { EditRequest, EditRuns } from "./editRuns.ts";
import { askForInstruction, type Choice, type Instruction, type Ready } from "./instructionInput.ts";
import { revealFirst } from "./reveal.ts";
import type { Reviews } from "./reviews.ts";

export type EditDeps = { server: Server; runs: EditRuns; reviews: Reviews; memento: Memento };

/** What was asked for last in a document, for another try. */
const lastAsked = new WeakMap<TextDocument, { instruction: Instruction; first: number; last: number }>();

/** Asks for an instruction at the selection; reads ahead meanwhile what comes before it in the prompt. */
export async function inlineEdit(deps: EditDeps, ready: readonly Ready[] = []): Promise<void> {
  const editor = await editableEditor();
  const { document, selection } = editor;
  const range = new Range(selection.start, selection.end);
  const reading = readerAhead(deps.server, document, range);
  let choice: Choice | undefined;
  try {
    choice = await askForInstruction({
      title: t("Edit {0}", selectionLabel(document, range)),
      budget: defaultBudget("edit"),
      ready,
      memento: deps.memento,
      onTyped: reading.read,
    });
  } finally {
    reading.stop();
  }
  if (choice) await runEdit(deps, document, range, choice.instruction, choice);
}

/** A ready-made instruction for the selection. */
export async function editWith(deps: EditDeps, id: InstructionId, target?: { uri: Uri; range: Range }): Promise<void> {
  const { document, selection: range } = target
    ? { document: await workspace.openTextDocument(target.uri), selection: target.range }
    : await editableEditor();
  await runEdit(deps, document, new Range(range.start, range.end), { id }, { budget: budgetFor(id) });
}

const budgetFor = (id: InstructionId) => defaultBudget(id === "refactor" ? "refactor" : "edit");

/** Asks again with the instruction to be changed; only then it takes the proposal back. */
export async function retryEdit(deps: EditDeps, uri?: Uri): Promise<void> {
  const document = uri ? await workspace.openTextDocument(uri) : window.activeTextEditor?.document;
  const asked = document && lastAsked.get(document);
  if (!document || !asked) throw new Error(t("There is no edit here to try again."));
  const lines = new Range(asked.first, 0, asked.last, Number.MAX_SAFE_INTEGER);
  const choice = await chosenAgain(deps, t("Edit {0}", selectionLabel(document, lines)), asked.instruction);
  if (!choice) return;
  await deps.reviews.reject(document);
  const { selection } = await window.showTextDocument(document, { selection: document.validateRange(lines) });
  await runEdit(deps, document, new Range(selection.start, selection.end), choice.instruction, choice);
}

/** One that is ready-made is asked for as it is. */
async function chosenAgain(
  { memento }: EditDeps,
  title: string,
  instruction: Instruction,
): Promise<Choice | undefined> {
  if (typeof instruction !== "string") return { instruction, budget: budgetFor(instruction.id) };
  // What comes before it in the prompt has been read for the try before.
  return askForInstruction({ title, value: instruction, budget: defaultBudget("edit"), ready: [], memento });
}

async function runEdit(
  { runs, reviews }: EditDeps,
  document: TextDocument,
  range: Range,
  instruction: Instruction,
  { budget }: Pick<Choice, "budget">,
): Promise<void> {
  await refuseReadOnly(document);
  lastAsked.set(document, { instruction, first: range.start.line, last: range.end.line });
  const request: EditRequest = {
    document,
    range,
    instruction,
    thinking: budgetToThinking(budget),
    diagnostics: problemsIn(document.uri),
  };
  const editor = window.activeTextEditor;
  const at = editor?.selection.start;
  const result = await runs.start(request);
  if (!result) return;
  // Whoever has gone elsewhere meanwhile stays there.
  if (
    editor &&
    editor === window.activeTextEditor &&
    editor.document === document &&
    at?.isEqual(editor.selection.start)
  )
    revealFirst(editor, reviews.hunks(document.uri));
  await tellDoubts(result);
}

/** What the user should know before accepting. */
async function tellDoubts({ warning, refused }: EditResult): Promise<void> {
  const left = refused.map(({ passage, reason }) => `"${passage.trim()}" (${reason})`).join(", ");
  const doubts = [
    ...(warning ? [warning] : []),
    ...(left === "" ? [] : [t("Left out, because it could not be placed: {0}.", left)]),
  ];
  if (doubts.length > 0) await window.showWarningMessage(plain(`Nemotron: ${doubts.join(" ")}`));
}

async function editableEditor(): Promise<TextEditor> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open a file and select what is to be edited."));
  if (!SYNCED_SCHEMES.includes(editor.document.uri.scheme)) throw new Error(t("This document cannot be edited."));
  await refuseReadOnly(editor.document);
  return editor;
}

/** Before the model is asked, not after. */
async function refuseReadOnly({ uri }: TextDocument): Promise<void> {
  if (uri.scheme === "untitled" || uri.scheme === "vscode-notebook-cell") return;
  const stat = await workspace.fs.stat(uri).then(undefined, () => undefined);
  const readOnly = stat?.permissions !== undefined && (stat.permissions & FilePermission.Readonly) !== 0;
  if (readOnly || workspace.fs.isWritableFileSystem(uri.scheme) === false)
    throw new Error(t("{0} is read-only.", workspace.asRelativePath(uri)));
}

/** Each call gives up what the call before it was reading; what was read until then stays. */
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
      // Nobody has asked for anything yet: a failure is told when somebody does.
      server.prepareEdit(params, work.token).catch(() => {});
    },
    stop: () => work.cancel(),
  };
}
