/** Code actions, for editors that support only LSP. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  type Range,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { Command, type InstructionId, type RangeArguments } from "../../protocol.ts";
import { enclosingRange } from "../code/enclosing.ts";
import type { Grammars } from "../code/grammars.ts";
import { outlineOf } from "../code/outline.ts";
import type { Outline } from "../code/outlineTypes.ts";
import { messageText } from "../context/problems.ts";
import { inOneLine } from "../text/lines.ts";
import { INSTRUCTIONS } from "../text/prompts.ts";
import { isBefore, isEmpty } from "../text/ranges.ts";

const REWRITES: InstructionId[] = ["refactor", "document", "addTypes", "simplify", "renameForClarity", "reduceNesting"];
/** Maximum length of a title, characters: a menu has no room for a whole compiler message. */
const MAX_TITLE_CHARS = 100;
/** Stands for the outline when nothing needs it. */
const NO_OUTLINE: Outline = { declarations: [], errors: 0 };

/**
 * The actions for a range, each as a command with RangeArguments. Without a selection they apply to the symbol around
 * the cursor. The model works only after one is chosen.
 */
export async function codeActions(
  { range: requested, context }: CodeActionParams,
  document: TextDocument,
  grammars: Grammars,
): Promise<CodeAction[]> {
  const { uri, version } = document;
  const { diagnostics, only } = context;
  const isNeeded = isEmpty(requested) || diagnostics.length > 0;
  const outline = isNeeded ? await outlineOf(grammars, document.languageId, document.getText()) : NO_OUTLINE;
  const range = isEmpty(requested) ? enclosingRange(outline, document, requested.start) : requested;
  const target: RangeArguments = { uri, version, range };
  const { Empty, QuickFix, RefactorExtract, RefactorRewrite } = CodeActionKind;
  const fixes = diagnostics.map((diagnostic) => {
    const args = { ...target, range: fixRange(outline, document, requested, diagnostic) };
    const command = { ...args, instruction: "fix" as const, diagnostics: [diagnostic] };
    return { ...action(fixTitle(diagnostic), QuickFix, Command.edit, command), diagnostics: [diagnostic] };
  });
  const actions = [
    action("Explain", Empty, Command.explain, { ...target, diagnostics }),
    ...REWRITES.map((instruction) =>
      action(INSTRUCTIONS[instruction].title, RefactorRewrite, Command.edit, { ...target, instruction }),
    ),
    action(INSTRUCTIONS.extractFunction.title, RefactorExtract, Command.edit, {
      ...target,
      instruction: "extractFunction",
    }),
    action(INSTRUCTIONS.writeTests.title, Empty, Command.writeTests, target),
    ...fixes,
  ];
  return only ? actions.filter(({ kind }) => only.some((wanted) => isWithin(kind, wanted))) : actions;
}

function action(title: string, kind: string, command: string, args: RangeArguments) {
  return { title, kind, command: { title, command, arguments: [args] } };
}

/** The range to fix: a problem's own range is rarely enough, so a larger selection counts. */
function fixRange(outline: Outline, document: TextDocument, requested: Range, { range }: Diagnostic): Range {
  const selected =
    !isEmpty(requested) && (isBefore(requested.start, range.start) || isBefore(range.end, requested.end));
  return selected ? requested : enclosingRange(outline, document, range.start);
}

function fixTitle({ message }: Diagnostic): string {
  return inOneLine(`${INSTRUCTIONS.fix.title}: ${messageText(message)}`, MAX_TITLE_CHARS);
}

/** Kinds are a hierarchy: "refactor" includes "refactor.rewrite", and the empty kind includes all. */
function isWithin(kind: string, wanted: string): boolean {
  return wanted === "" || kind === wanted || kind.startsWith(`${wanted}.`);
}
