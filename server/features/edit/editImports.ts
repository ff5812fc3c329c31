/** Moves imports in an edit to the file's own imports, as Apply does. */
import type { TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { toEdits } from "../apply/apply.ts";
import { opensFile } from "../apply/importPlace.ts";
import { addImports } from "../apply/mergeImports.ts";
import { importStatements } from "../code/imports.ts";
import { isBlank, linesOf, textLines } from "../text/lines.ts";
import type { Selection } from "../text/selection.ts";

/** `code`: without the imports. `edits`: for the imports that the file lacks, none of them in the selection. */
export type SeparatedImports = { code: string; edits: TextEdit[] };

/**
 * Separates imports only if all of them come before other code, and if the selection is below the file's imports and
 * has no imports itself.
 */
export function separateImports(code: string, document: TextDocument, { first, text }: Selection): SeparatedImports {
  const { languageId } = document;
  const [file, lines] = [textLines(document.getText()), linesOf(code)];
  const imports = importStatements(lines, languageId);
  const opening = openingLines(lines, file, languageId, first);
  const begin = lines.findIndex((line, i) => i >= opening && !isBlank(line));
  const stays = { code: begin < 0 || opening === 0 ? code : lines.slice(begin).join("\n"), edits: [] };
  const last = imports.at(-1)?.last;
  if (last === undefined || imports[0]!.first !== begin || isBlank(text)) return stays;
  const covered = (line: number) => imports.some((statement) => line >= statement.first && line <= statement.last);
  const rest = lines.slice(last + 1);
  if (lines.slice(begin, last + 1).some((line, i) => !isBlank(line) && !covered(begin + i)) || rest.every(isBlank))
    return stays;
  const own = importStatements(file, languageId);
  if (own.some((statement) => statement.last >= first) || importStatements(textLines(text), languageId).length > 0)
    return stays;
  const added = addImports({ lines: file, languageId }, { lines }, imports);
  if (added.some((replacement) => replacement.first > first || replacement.last >= first)) return stays;
  const remaining = rest.slice(rest.findIndex((line) => !isBlank(line)));
  return { code: remaining.join("\n"), edits: added.flatMap((replacement) => toEdits(document, replacement)) };
}

/** How many first lines of the code repeat lines above the selection that begin the file: its package, its `<?php`. */
function openingLines(
  lines: readonly string[],
  file: readonly string[],
  languageId: string,
  selectionFirst: number,
): number {
  const above = new Set(file.slice(0, selectionFirst).map((line) => line.trim()));
  const isAgain = (line: string) => opensFile(line, languageId) && above.has(line.trim());
  const end = lines.findIndex((line) => !isBlank(line) && !isAgain(line));
  return end > 0 && lines.slice(0, end).some(isAgain) ? end : 0;
}
