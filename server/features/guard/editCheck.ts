/** Checks a file with its edits: it must parse, and nothing may be lost or duplicated. */
import { t } from "@vscode/l10n";
import type { TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Grammars } from "../code/grammars.ts";
import { newErrors, type SyntaxProblem, syntaxErrors } from "../code/syntax.ts";
import { doesNotParse, unwantedChanges } from "../text/prompts.ts";
import { type Change, type Harm, harmForModel, harmOf, harmWarning } from "./guard.ts";

/** Maximum number of errors to report: one often causes others. */
const MOST_TOLD = 3;

/** `asked` and `ranges`: see Change. */
type Edited = Pick<Change, "asked" | "ranges"> & { document: TextDocument; edits: TextEdit[] };
/** What is wrong with an edit. `warning`: for the user. `forModel`: for the model, which knows the file as `path`. */
export type EditFault = { warning: string; forModel: (path: string) => string; errors: SyntaxProblem[]; harm?: Harm };

/** Checks an edit before it is offered. Undefined if nothing is wrong. */
export async function editFault(
  { document, edits, asked, ranges }: Edited,
  grammars: Grammars,
): Promise<EditFault | undefined> {
  if (edits.length === 0) return undefined;
  const [before, after] = [document.getText(), TextDocument.applyEdits(document, edits)];
  const { languageId } = document;
  const harm = await harmOf({ languageId, before, after, asked, ranges }, grammars);
  const errors = (await errorsOf(languageId, before, after, grammars)).slice(0, MOST_TOLD);
  if (!harm && errors.length === 0) return undefined;
  const warnings = [harm && harmWarning(harm), warningOf(errors)];
  return {
    warning: warnings.filter((text) => text !== undefined).join(" "),
    forModel: (path) =>
      [harm && unwantedChanges(path, harmForModel(harm)), errors.length > 0 && doesNotParse(path, errors)]
        .filter((text) => typeof text === "string")
        .join("\n\n"),
    errors,
    harm,
  };
}

/** The errors that a text has after a change and not before it. */
async function errorsOf(
  languageId: string,
  before: string,
  after: string,
  grammars: Grammars,
): Promise<SyntaxProblem[]> {
  const known = await syntaxErrors(grammars, languageId, before);
  return known ? newErrors(known, await syntaxErrors(grammars, languageId, after)) : [];
}

function warningOf([error]: SyntaxProblem[]): string | undefined {
  return error && t("After this edit, the file has a syntax error: line {0}, {1}.", error.line + 1, error.what);
}
