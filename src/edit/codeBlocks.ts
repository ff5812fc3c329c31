/** The actions on a code block of an answer. */
import { t } from "@vscode/l10n";
import { commands, env, languages, window, workspace } from "vscode";
import type { CodeAction } from "../../media/messages.ts";
import { indentCode } from "./indentCode.ts";

/** Throws an Error in words for the user if no editor can be changed. @param tag the language after the backticks. */
export async function runCodeAction(action: Exclude<CodeAction, "apply">, code: string, tag: string): Promise<void> {
  switch (action) {
    case "copy":
      await env.clipboard.writeText(code);
      return;
    case "insert":
    case "replace":
      return write(action, code);
    case "terminal":
      return intoTerminal(code);
    case "newFile": {
      const document = await workspace.openTextDocument({ content: code, language: await languageOf(tag) });
      await window.showTextDocument(document);
      return;
    }
    default:
      action satisfies never;
  }
}

/**
 * Types code into the terminal without running it. Several lines are pasted, so that the shell takes them as one input,
 * or VS Code asks first. Sent text would run line by line.
 */
async function intoTerminal(code: string): Promise<void> {
  const terminal = window.activeTerminal ?? window.createTerminal();
  const text = typed(code);
  terminal.show();
  if (!text.includes("\n")) return terminal.sendText(text, false);
  const before = await env.clipboard.readText();
  await env.clipboard.writeText(text);
  await commands.executeCommand("workbench.action.terminal.paste");
  await env.clipboard.writeText(before);
}

/** Removes control characters that a terminal takes for keys: Enter, the end of a paste, an interrupt. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get there.
const typed = (code: string) => code.trim().replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");

/** One edit, one undo. */
async function write(action: "insert" | "replace", code: string): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error(t("Open the file for this code and place the cursor where it belongs."));
  const { selection, document } = editor;
  if (action === "replace" && selection.isEmpty) throw new Error(t("Select the code to replace."));
  const place = action === "replace" ? selection.start : selection.active;
  const { insertSpaces, tabSize } = editor.options;
  const text = indentCode(code.replace(/\n$/, ""), {
    before: document.lineAt(place).text.slice(0, place.character),
    replaced: action === "replace" ? document.getText(selection) : undefined,
    unit: insertSpaces === false ? "\t" : " ".repeat(Number(tabSize) || 4),
  });
  const written = await editor.edit((edit) => {
    if (action === "replace") edit.replace(selection, text);
    else edit.insert(selection.active, text);
  });
  if (!written)
    throw new Error(t("{0} could not be changed. Is it read-only?", workspace.asRelativePath(document.uri)));
  await window.showTextDocument(document, { viewColumn: editor.viewColumn });
}

/** Common language names after backticks that differ from VS Code's language ids. */
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

/** VS Code's language id. Undefined, and so plain text, for an unknown language. */
async function languageOf(tag: string): Promise<string | undefined> {
  const name = tag.trim().toLowerCase();
  const id = ALIASES[name] ?? name;
  return (await languages.getLanguages()).includes(id) ? id : undefined;
}
