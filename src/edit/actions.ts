/** What the lightbulb offers for code: to mend a problem, to rewrite a selection. */
import {
  type CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  type Diagnostic,
  type Range,
  type TextDocument,
} from "vscode";
import type { InstructionId } from "../../server/protocol.ts";
import type { Ready } from "./instructionInput.ts";

/** For "Refactor…", with what each of them is about. */
export const REFACTORINGS: readonly Ready[] = [
  { id: "refactor", title: "Make simpler and clearer", detail: "The same behaviour in code that reads better" },
  { id: "extractFunction", title: "Extract function", detail: "A part of it gets a name of its own" },
  { id: "renameForClarity", title: "Rename for clarity", detail: "Variables and parameters that say what they are" },
  { id: "reduceNesting", title: "Reduce nesting", detail: "Early returns instead of deep branches" },
  { id: "simplify", title: "Simplify", detail: "Fewer lines, the same behaviour" },
  { id: "addTypes", title: "Add types", detail: "Annotations for what has none" },
  { id: "document", title: "Document", detail: "A doc comment" },
];

/** In the menu of refactorings of a selection. */
const REWRITES: { id: InstructionId; title: string; command: string }[] = [
  { id: "simplify", title: "Simplify", command: "simplify" },
  { id: "addTypes", title: "Add types", command: "addTypes" },
  { id: "document", title: "Document", command: "document" },
];

export class EditActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

  provideCodeActions({ uri }: TextDocument, range: Range, { diagnostics }: CodeActionContext): CodeAction[] {
    const fixes = diagnostics.map((diagnostic) => fix(uri, diagnostic));
    return range.isEmpty ? fixes : [...fixes, ...rewrites(uri, range)];
  }
}

function fix(uri: TextDocument["uri"], diagnostic: Diagnostic): CodeAction {
  return {
    title: "Fix with Nemotron",
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    command: { command: "nemotron.fix", title: "Fix", arguments: [{ uri, range: diagnostic.range }] },
  };
}

function rewrites(uri: TextDocument["uri"], range: Range): CodeAction[] {
  const action = (title: string, command: string): CodeAction => ({
    title,
    kind: CodeActionKind.RefactorRewrite,
    command: { command: `nemotron.${command}`, title, arguments: [{ uri, range }] },
  });
  return [
    action("Refactor with Nemotron…", "refactor"),
    ...REWRITES.map(({ title, command }) => action(`${title} with Nemotron`, command)),
  ];
}
