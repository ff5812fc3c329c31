/** The lightbulb's actions: fix a problem, rewrite a selection. */
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
import type { PredefinedInstruction } from "./instructionInput.ts";

/** The predefined instructions of "Refactor…". */
export const refactorings = (): readonly PredefinedInstruction[] => [
  { id: "refactor", title: t("Make simpler and clearer"), detail: t("Same behaviour, more readable code") },
  { id: "extractFunction", title: t("Extract function"), detail: t("Move a part of the code into its own function") },
  {
    id: "renameForClarity",
    title: t("Rename for clarity"),
    detail: t("Give variables and parameters clearer names"),
  },
  { id: "reduceNesting", title: t("Reduce nesting"), detail: t("Return early instead of nesting deeply") },
  { id: "simplify", title: t("Simplify"), detail: t("Fewer lines, the same behaviour") },
  { id: "addTypes", title: t("Add types"), detail: t("Annotate what has no type yet") },
  { id: "document", title: t("Document"), detail: t("A doc comment") },
];

/** A fix for each problem, and rewrites of a selection. */
export class EditActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

  provideCodeActions({ uri }: TextDocument, range: Range, { diagnostics }: CodeActionContext): CodeAction[] {
    const fixes = diagnostics.map((diagnostic) => fix(uri, diagnostic));
    return range.isEmpty ? fixes : [...fixes, ...rewrites(uri, range)];
  }
}

/** The empty range stands for the code around the problem: seldom does only the underlined text have to change. */
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
