/** Code actions, for editors that know nothing but LSP. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  type Range,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { Command, type InstructionId, type RangeArguments } from "../protocol.ts";
import { enclosingRange } from "./enclosing.ts";
import { messageText } from "./problems.ts";
import { INSTRUCTIONS } from "./prompts.ts";
import { isBefore, isEmpty } from "./ranges.ts";

const REWRITES: InstructionId[] = ["refactor", "document", "addTypes", "simplify", "renameForClarity", "reduceNesting"];
/** A menu is no place for a compiler's whole message. */
const LONGEST_TITLE = 100;

/**
 * What can be done with a range, each as a command with RangeArguments; where nothing is selected, with the symbol
 * around the cursor. Nothing is asked of the model before one of them is chosen.
 */
export function codeActions({ range: asked, context }: CodeActionParams, document: TextDocument): CodeAction[] {
  const { uri, version } = document;
  const range = isEmpty(asked) ? enclosingRange(document, asked.start) : asked;
  const target: RangeArguments = { uri, version, range };
  const { Empty, QuickFix, RefactorExtract, RefactorRewrite } = CodeActionKind;
  const { diagnostics, only } = context;
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
    ...diagnostics.map((diagnostic) => {
      const args = { ...target, range: fixRange(document, asked, diagnostic) };
      const command = { ...args, instruction: "fix" as const, diagnostics: [diagnostic] };
      return { ...action(fixTitle(diagnostic), QuickFix, Command.edit, command), diagnostics: [diagnostic] };
    }),
  ];
  return only ? actions.filter(({ kind }) => only.some((wanted) => isWithin(kind, wanted))) : actions;
}

function action(title: string, kind: string, command: string, args: RangeArguments) {
  return { title, kind, command: { title, command, arguments: [args] } };
}

/** A problem's own range is rarely enough to mend it; what the user selected beyond it is meant. */
function fixRange(document: TextDocument, asked: Range, { range }: Diagnostic): Range {
  const selected = !isEmpty(asked) && (isBefore(asked.start, range.start) || isBefore(range.end, asked.end));
  return selected ? asked : enclosingRange(document, range.start);
}

function fixTitle({ message }: Diagnostic): string {
  const title = `${INSTRUCTIONS.fix.title}: ${messageText(message).replace(/\s+/g, " ").trim()}`;
  return title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1)}…` : title;
}

/** Kinds are a hierarchy: "refactor" holds "refactor.rewrite", and the empty kind holds all. */
function isWithin(kind: string, wanted: string): boolean {
  return wanted === "" || kind === wanted || kind.startsWith(`${wanted}.`);
}
