/**
 * Takes back what goes into a document between a key and the focus that the key moves. The editor tells this process of
 * the key and of what is typed in their order; so whatever comes between the two is meant for what has been opened.
 */
import { commands, Selection, type TextEditor, type TextEditorEdit, window, workspace } from "vscode";
import { toChange, toRange } from "../editor/changes.ts";
import { StrayInput } from "./strays.ts";

/** `entered`: Enter was pressed behind it. */
export type Typed = { text: string; entered: boolean };
export type Capture = {
  /** Calls back once, when the first letter comes. */
  onFirst(listener: () => void): void;
  /** The focus is elsewhere: the document is as it was. */
  end(): Promise<Typed>;
};

/** How often to try again when something else changes the document first. */
const ATTEMPTS = 5;
const NOTHING: Typed = { text: "", entered: false };

/** To be called before anything is awaited. */
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
      // What is still in the document need not be in the input, too.
      if (!isRestored) return NOTHING;
      editor.selections = selections.map(({ anchor, active }) => new Selection(anchor, active));
      if (!isDirty && document.isDirty && document.uri.scheme !== "untitled") await markSaved(editor);
      return typed;
    },
  };
}

/** In the same step of undo as the letters: undo does not bring them back. False where the document takes no change. */
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

/** The text is what is on disk: the editor reads it there, and knows. */
async function markSaved({ document }: TextEditor): Promise<void> {
  if (window.activeTextEditor?.document !== document) return;
  await commands.executeCommand("workbench.action.files.revert");
}
