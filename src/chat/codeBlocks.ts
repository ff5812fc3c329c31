/** What can be done with a code block of an answer. */
import { t } from "@vscode/l10n";
import { env, languages, window, workspace } from "vscode";
import type { CodeAction } from "../../media/messages.ts";

/** Throws an Error with words for the user where there is no editor to write to. */
export async function runCodeAction(action: Exclude<CodeAction, "apply">, code: string, tag: string): Promise<void> {
  switch (action) {
    case "copy":
      await env.clipboard.writeText(code);
      return;
    case "insert":
    case "replace":
      return write(action, code);
    case "newFile": {
      const document = await workspace.openTextDocument({ content: code, language: await languageOf(tag) });
      await window.showTextDocument(document);
      return;
    }
    default:
      action satisfies never;
  }
}

/** One edit, one undo. */
async function write(action: "insert" | "replace", code: string): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open the file that the code is for, and put the cursor where it belongs."));
  const { selection, document } = editor;
  if (action === "replace" && selection.isEmpty) throw new Error(t("Select the code that is to be replaced."));
  const text = code.replace(/\n$/, "");
  const written = await editor.edit((edit) => {
    if (action === "replace") edit.replace(selection, text);
    else edit.insert(selection.active, text);
  });
  if (!written)
    throw new Error(t("{0} could not be changed. Is it read-only?", workspace.asRelativePath(document.uri)));
  await window.showTextDocument(document, { viewColumn: editor.viewColumn });
}

/** What people write behind the backticks, where the editor calls it something else. */
const ALIASES: Record<string, string> = {
  ts: "typescript",
  tsx: "typescriptreact",
  js: "javascript",
  jsx: "javascriptreact",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "shellscript",
  bash: "shellscript",
  shell: "shellscript",
  zsh: "shellscript",
  console: "shellscript",
  ps1: "powershell",
  "c++": "cpp",
  cs: "csharp",
  "c#": "csharp",
  kt: "kotlin",
  md: "markdown",
  yml: "yaml",
  docker: "dockerfile",
};

/** Undefined, and so plain text, for what the editor does not know. */
async function languageOf(tag: string): Promise<string | undefined> {
  const name = tag.trim().toLowerCase();
  const id = ALIASES[name] ?? name;
  return (await languages.getLanguages()).includes(id) ? id : undefined;
}
