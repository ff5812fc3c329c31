/** Whether a file still parses with an edit. */
import { t } from "@vscode/l10n";
import type { TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { EditPrompt } from "./editPrompt.ts";
import type { Grammars } from "./grammars.ts";
import { doesNotParse } from "./prompts.ts";
import type { Fault } from "./readEdit.ts";
import { newErrors, type SyntaxProblem, syntaxErrors } from "./syntax.ts";

/** So many errors are told: one often brings forth others. */
const MOST_TOLD = 3;

/** Undefined where it parses as it did before. */
export async function parseFault(
  { document, path }: Pick<EditPrompt, "document" | "path">,
  { edits }: { edits: TextEdit[] },
  grammars: Grammars,
): Promise<Fault | undefined> {
  const errors = await errorsOf(document, edits, grammars);
  if (errors.length === 0) return undefined;
  const told = errors.slice(0, MOST_TOLD);
  return { kind: "broken", ask: doesNotParse(path, told), warning: warningOf(told) };
}

/** The errors that a document has with the edits and not without them. */
export async function errorsOf(
  document: TextDocument,
  edits: TextEdit[],
  grammars: Grammars,
): Promise<SyntaxProblem[]> {
  if (edits.length === 0) return [];
  const { languageId } = document;
  const before = await syntaxErrors(grammars, languageId, document.getText());
  if (!before) return [];
  return newErrors(before, await syntaxErrors(grammars, languageId, TextDocument.applyEdits(document, edits)));
}

export function warningOf([error]: SyntaxProblem[]): string | undefined {
  return error && t("With this edit the file does not parse any more: line {0}, {1}.", error.line + 1, error.what);
}
