/** What the lightbulb offers for code: to mend a problem, to rewrite a selection. */
import { t } from "@vscode/l10n";
import {
  type CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  type Diagnostic,
  Range,
  type TextDocument,
} from "vscode";
import type { Ready } from "./instructionInput.ts";

/** For "Refactor…", with what each of them is about. */
export const refactorings = (): readonly Ready[] => [
  { id: "refactor", title: t("Make simpler and clearer"), detail: t("The same behaviour in code that reads better") },
  { id: "extractFunction", title: t("Extract function"), detail: t("A part of it gets a name of its own") },
  {
    id: "renameForClarity",
    title: t("Rename for clarity"),
    detail: t("Variables and parameters that say what they are"),
  },
  { id: "reduceNesting", title: t("Reduce nesting"), detail: t("Early returns instead of deep branches") },
  { id: "simplify", title: t("Simplify"), detail: t("Fewer lines, the same behaviour") },
  { id: "addTypes", title: t("Add types"), detail: t("Annotations for what has none") },
  { id: "document", title: t("Document"), detail: t("A doc comment") },
];

export class EditActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

  provideCodeActions({ uri }: TextDocument, range: Range, { diagnostics }: CodeActionContext): CodeAction[] {
    const fixes = diagnostics.map((diagnostic) => fix(uri, diagnostic));
    return range.isEmpty ? fixes : [...fixes, ...rewrites(uri, range)];
  }
}

/** Of the code around the problem, for what has to change is seldom what is underlined. */
function fix(uri: TextDocument["uri"], diagnostic: Diagnostic): CodeAction {
  const { start } = diagnostic.range;
  return {
    title: t("Fix with Nemotron"),
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    command: { command: "nemotron.fix", title: t("Fix"), arguments: [{ uri, range: new Range(start, start) }] },
  };
}

function rewrites(uri: TextDocument["uri"], range: Range): CodeAction[] {
  const action = (title: string, command: string): CodeAction => ({
    title,
    kind: CodeActionKind.RefactorRewrite,
    command: { command: `nemotron.${command}`, title, arguments: [{ uri, range }] },
  });
  return [
    action(t("Refactor with Nemotron…"), "refactor"),
    action(t("Simplify with Nemotron"), "simplify"),
    action(t("Add types with Nemotron"), "addTypes"),
    action(t("Document with Nemotron"), "document"),
  ];
}
