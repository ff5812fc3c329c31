/** Adds new tests to an existing test file. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../engine/engine.ts";
import { type CheckedEdits, checkedEdits } from "../apply/apply.ts";
import { addImports } from "../apply/mergeImports.ts";
import { placeText } from "../apply/placeText.ts";
import type { Replacement } from "../apply/source.ts";
import type { Grammars } from "../code/grammars.ts";
import { importStatements } from "../code/imports.ts";
import { missingFrom } from "../guard/counts.ts";
import { bare } from "../guard/hunks.ts";
import { isBlank, linesOf, textLines } from "../text/lines.ts";

/**
 * The tests replace those that they rewrite, as with Apply, if the file loses no line. Otherwise they go to the end of
 * the file, and their imports to its imports.
 */
export async function addTests(document: TextDocument, code: string, grammars: Grammars): Promise<CheckedEdits> {
  const text = document.getText();
  if (isBlank(text))
    return { edits: [{ range: wholeRange(document), newText: `${code.trimEnd()}\n` }], warning: undefined };
  const file = { lines: textLines(text), languageId: document.languageId };
  const lines = linesOf(code.trimEnd());
  const placed = await placeText(file, lines, grammars).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "notPlaced") return undefined;
    throw error;
  });
  const inPlace = placed && (await checkedEdits(document, placed, grammars));
  if (inPlace && !losesLines(file.lines, textLines(TextDocument.applyEdits(document, inPlace.edits)))) return inPlace;
  const atEnd = await checkedEdits(document, placedAtEnd(file, lines), grammars);
  return atEnd.warning === undefined ? atEnd : (inPlace ?? atEnd);
}

const wholeRange = (document: TextDocument) => ({
  start: { line: 0, character: 0 },
  end: document.positionAt(document.getText().length),
});

function losesLines(before: readonly string[], after: readonly string[]): boolean {
  return missingFrom(before, after, bare).some((line) => bare(line) !== "");
}

function placedAtEnd(file: { lines: string[]; languageId: string }, lines: readonly string[]): Replacement[] {
  const imports = importStatements(lines, file.languageId);
  const rest = lines.filter((_, line) => !imports.some(({ first, last }) => first <= line && line <= last));
  const begin = rest.findIndex((line) => !isBlank(line));
  const end = file.lines.findLastIndex((line) => !isBlank(line)) + 1;
  const added = addImports(file, { lines }, imports);
  if (begin < 0) return added;
  // The rest of the file is blank lines. One blank line and the ending of the last line replace them.
  return [...added, { first: end, last: file.lines.length - 1, lines: ["", ...rest.slice(begin), ""] }];
}
