/**
 * Takes back what is typed into a document between a key and the focus change that the key causes. VS Code reports the
 * key and the typed text in their order, so all text between the two is meant for what the key opens.
 */
import { commands, Selection, type TextEditor, type TextEditorEdit, window, workspace } from "vscode";
import { toChange, toRange } from "../editor/changes.ts";
import { StrayInput } from "./strays.ts";

/** `entered`: Enter was pressed after it. */
export type Typed = { text: string; entered: boolean };
export type Capture = {
  /** Calls back once, when the first letter comes. */
  onFirst(listener: () => void): void;
  /** To be called when the focus has moved. Restores the document, and returns what was typed. */
  end(): Promise<Typed>;
};

/** How often to try again when something else changes the document first. */
const ATTEMPTS = 5;
const NOTHING: Typed = { text: "", entered: false };

/** Captures what is typed into the active editor. Call it before anything is awaited. */
export function captureTyping(): Capture {
  const editor = window.activeTextEditor;
  if (!editor) return { onFirst: () => {}, end: async () => NOTHING };
  const { document } = editor;
  const { selections, isDirty } = { selections: editor.selections, isDirty: document.isDirty };
  const strays = new StrayInput(
    document.getText(),
    selections.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) })),
  );
  let first = () => {};
  const listener = workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || event.contentChanges.length === 0) return;
    const before = strays.found;
    strays.changed(event.contentChanges.map(toChange));
    if (strays.found && !before) first();
  });
  return {
    onFirst: (callback) => {
      first = callback;
    },
    end: async () => {
      if (!strays.found) listener.dispose();
      if (!strays.found) return NOTHING;
      const typed = { text: strays.typed, entered: strays.entered };
      const isRestored = await restore(editor, strays);
      listener.dispose();
      // Text that stays in the document must not be in the input, too.
      if (!isRestored) return NOTHING;
      editor.selections = selections.map(({ anchor, active }) => new Selection(anchor, active));
      if (!isDirty && document.isDirty && document.uri.scheme !== "untitled") await markSaved(editor);
      return typed;
    },
  };
}

/** In the letters' undo step, so that undo does not bring them back. False if the document takes no change. */
async function restore(editor: TextEditor, strays: StrayInput): Promise<boolean> {
  const { document } = editor;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const edits = strays.restoration.map((change) => ({ range: toRange(document, change), text: change.text }));
    const replace = (edit: TextEditorEdit) => {
      for (const { range, text } of edits) edit.replace(range, text);
    };
    if (await editor.edit(replace, { undoStopBefore: false, undoStopAfter: false })) return true;
  }
  return false;
}

/** The text is the same as on disk. Reverting the file makes VS Code see that. */
async function markSaved({ document }: TextEditor): Promise<void> {
  if (window.activeTextEditor?.document !== document) return;
  await commands.executeCommand("workbench.action.files.revert");
}
