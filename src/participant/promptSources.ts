/** The sources of a question: what the chat names, and for a command what the editor shows. */
import {
  type ChatPromptReference,
  type ChatRequest,
  Location,
  type Range,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import { isFile } from "../context/attach.ts";
import type { IgnoreRules } from "../context/ignoreRules.ts";
import { fileSource, problemsSource, type Source, selectionSource } from "../context/sources.ts";
import { problemsAt } from "../editor/lsp.ts";
import { SYNCED_SCHEMES } from "../editor/schemes.ts";
import type { Command } from "./commands.ts";

export type PromptSources = {
  sources: Source[];
  /** To show what was used. */
  places: (Uri | Location)[];
  /** Names of what is not used. */
  leftOut: string[];
  /** The code that a command is about. An empty range stands for what is around it. */
  target?: { document: TextDocument; range: Range };
};

/** Ids of references that VS Code adds by itself, for example the active file. The user has not named these. */
const AUTOMATIC = /^vscode\.(implicit|instructions|customizations)\b/;
const SELECTION = "vscode.implicit.selection";

/** Ignored files and those outside the workspace are read only if the user has named them. */
export async function promptSourcesOf(
  { references }: ChatRequest,
  command: Command | undefined,
  ignoreRules: IgnoreRules,
): Promise<PromptSources> {
  const promptSources: PromptSources = { sources: [], places: [], leftOut: [] };
  // VS Code lists the last reference of the prompt first.
  for (const reference of [...references].reverse()) {
    // A command is about the selection, so that counts as named.
    const named = !AUTOMATIC.test(reference.id) || (command !== undefined && reference.id === SELECTION);
    await add(promptSources, reference, named, ignoreRules);
  }
  if (command) await addTarget(promptSources, references, ignoreRules);
  if (command === "fix") addProblems(promptSources);
  return promptSources;
}

async function add(promptSources: PromptSources, reference: ChatPromptReference, named: boolean, rules: IgnoreRules) {
  const { value, id, modelDescription } = reference;
  if (typeof value === "string") {
    const title = modelDescription ?? id;
    const reference = { kind: "file" as const, label: title, detail: "" };
    promptSources.sources.push({ reference, item: { type: "text", title, text: value } });
    return;
  }
  const uri = value instanceof Location ? value.uri : value;
  if (!(uri instanceof Uri)) return void promptSources.leftOut.push(modelDescription ?? id);
  if ((!named && (await rules.isPrivate(uri))) || !(await isFile(uri)))
    return void promptSources.leftOut.push(workspace.asRelativePath(uri));
  const source =
    value instanceof Location ? selectionSource(await workspace.openTextDocument(uri), value.range) : fileSource(uri);
  promptSources.sources.push(source);
  promptSources.places.push(value instanceof Location ? value : uri);
}

/** The first part of a file that the chat names, or else the selection, or what the cursor is in. */
async function addTarget(promptSources: PromptSources, references: ChatRequest["references"], rules: IgnoreRules) {
  const location = promptSources.places.find((place) => place instanceof Location);
  if (location) {
    promptSources.target = { document: await workspace.openTextDocument(location.uri), range: location.range };
    return;
  }
  const editor = window.activeTextEditor;
  if (references.some(({ id }) => !AUTOMATIC.test(id)) || !editor) return;
  const { document, selection } = editor;
  const { uri } = document;
  if (!SYNCED_SCHEMES.includes(uri.scheme) || (selection.isEmpty && (await rules.isPrivate(uri)))) return;
  promptSources.target = { document, range: selection };
  promptSources.sources = [selection.isEmpty ? fileSource(uri) : selectionSource(document, selection)];
  promptSources.places = [selection.isEmpty ? uri : new Location(uri, selection)];
}

function addProblems(promptSources: PromptSources): void {
  if (!promptSources.target) return;
  const { document, range } = promptSources.target;
  const problems = problemsSource(document.uri, problemsAt(document.uri, range.isEmpty ? undefined : range));
  if (problems) promptSources.sources.push(problems);
}
