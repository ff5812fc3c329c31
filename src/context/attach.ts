/** Attaches what the user picks or drops. */
import { t } from "@vscode/l10n";
import {
  FileType,
  languages,
  type QuickPickItem,
  QuickPickItemKind,
  RelativePattern,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Attachments } from "./attachments.ts";
import type { FileSearch } from "./fileSearch.ts";
import type { Source } from "./sources.ts";
import { fileSource, openDocument, problemsSource, selectionSource } from "./sources.ts";

/** More files at once are probably a mistake. */
const MOST_FILES = 20;

/** Attaches files, and the files in folders. Throws an Error in words for the user if there are none, or too many. */
export async function attachUris(attachments: Attachments, uris: readonly Uri[]): Promise<void> {
  if (uris.length > MOST_FILES)
    throw new Error(t("{0} files are too many. Attach up to {1} at a time.", uris.length, MOST_FILES));
  const files = (await Promise.all(uris.map(filesOf))).flat();
  if (files.length > MOST_FILES)
    throw new Error(t("{0} files are too many. Attach up to {1} at a time.", files.length, MOST_FILES));
  const sources = files.map(fileSource);
  if (sources.length === 0) throw new Error(t("Only files can be attached."));
  attachments.add(sources);
}

/** The file itself, or the files in a folder that VS Code's file search finds. */
async function filesOf(uri: Uri): Promise<Uri[]> {
  if (await isFile(uri)) return [uri];
  const found = await workspace.findFiles(new RelativePattern(uri, "**"), undefined, MOST_FILES + 1);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether there is something to read: a document that is open, or a file. */
export async function isFile(uri: Uri): Promise<boolean> {
  if (openDocument(uri)) return true;
  const stat = await workspace.fs.stat(uri).then(undefined, () => undefined);
  return stat !== undefined && (stat.type & FileType.File) !== 0;
}

type Choice = QuickPickItem & { source?: () => Source };

/** Lets the user pick from what the editor shows, and from the workspace's files. */
export async function attachPicked(attachments: Attachments, files: FileSearch): Promise<void> {
  const pick = window.createQuickPick<Choice>();
  pick.title = t("Attach to the question");
  pick.placeholder = t("Type to search the workspace's files");
  pick.matchOnDescription = true;
  let found: Choice[] = [];
  const show = async () => {
    const { value } = pick;
    const matches = (await files.search(value)).map(
      ({ uri, name, folder }): Choice => ({
        // VS Code reads `$(` in a label as an icon, but a file name may contain it.
        label: `$(file) ${name.replaceAll("$(", "\\$(")}`,
        description: folder,
        alwaysShow: true,
        source: () => fileSource(Uri.parse(uri)),
      }),
    );
    if (value !== pick.value) return;
    found = matches;
    pick.items = [...fromEditor(), { label: t("Files"), kind: QuickPickItemKind.Separator }, ...found];
  };
  let shown = show();
  const picked = new Promise<Choice | undefined>((resolve) => {
    // A fast typist accepts the first match before it is listed, or before it is known here to be active.
    pick.onDidAccept(() => void shown.then(() => resolve(pick.activeItems[0] ?? found[0])));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.onDidChangeValue(() => {
    shown = show();
  });
  pick.show();
  const source = (await picked)?.source?.();
  pick.dispose();
  if (source) attachments.add([source]);
}

function fromEditor(): Choice[] {
  const editor = window.activeTextEditor;
  if (!editor) return [];
  const { document, selection } = editor;
  const problems = problemsSource(document.uri, languages.getDiagnostics(document.uri));
  return [
    ...(selection.isEmpty ? [] : [choice("selection", t("Selection"), selectionSource(document, selection))]),
    ...(problems ? [choice("warning", t("Problems in this file"), problems)] : []),
  ];
}

const choice = (icon: string, what: string, source: Source): Choice => ({
  label: `$(${icon}) ${what}`,
  description: source.reference.label,
  source: () => source,
});
