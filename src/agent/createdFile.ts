/** Files that an agent creates, and the folders made for them. */
import path from "node:path/posix";
import { type TextDocument, Uri, WorkspaceEdit, workspace } from "vscode";

/** Creates an empty file. Returns the URIs of the folders made for it, outermost first; undefined if it exists. */
export async function createFile(uri: Uri): Promise<string[] | undefined> {
  const folders: string[] = [];
  for (let at = parent(uri); !(await exists(at)) && at.path !== "/"; at = parent(at)) folders.unshift(at.toString());
  const edit = new WorkspaceEdit();
  edit.createFile(uri, { overwrite: false, ignoreIfExists: false });
  return (await workspace.applyEdit(edit)) ? folders : undefined;
}

/** Deletes a created file, and the folders made for it that are empty now. */
export async function removeCreated(document: TextDocument, folders: readonly string[]): Promise<void> {
  // An unsaved document would stay open without its file.
  if (document.isDirty) await document.save();
  const edit = new WorkspaceEdit();
  edit.deleteFile(document.uri, { ignoreIfNotExists: true });
  await workspace.applyEdit(edit);
  for (const folder of folders.toReversed()) {
    const at = Uri.parse(folder, true);
    const entries = await workspace.fs.readDirectory(at).then(undefined, () => [[]]);
    if (entries.length === 0) await workspace.fs.delete(at, { recursive: false }).then(undefined, () => {});
  }
}

const parent = (uri: Uri) => uri.with({ path: path.dirname(uri.path) });
const exists = (uri: Uri) =>
  workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
