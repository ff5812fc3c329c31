import type { Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ApplyParams, ApplyResult } from "../protocol.ts";
import { outlineOf, outlineOfPart } from "./apply/outline.ts";
import { placeCode } from "./apply/placeCode.ts";
import type { Replacement } from "./apply/source.ts";
import type { FeatureDeps } from "./deps.ts";
import { snapshot } from "./documents.ts";
import { errorsOf, warningOf } from "./editCheck.ts";
import { commonIndentation, dedent } from "./indentation.ts";
import { linesOf } from "./lines.ts";
import { toTextEdits, usualEnding } from "./textEdits.ts";

/** A comment that names the file, which answers like to begin with. */
const FILE_NAME = /^(?:\/\/|#|--|\/\*|<!--)\s*(?:file(?:name)?:\s*)?[\w@.\\/-]*[\w-]\.\w{1,5}\s*(?:\*\/|-->)?$/i;

/**
 * Edits that put code of an answer in the place of what it rewrites. Throws ResponseError ContentModified where the
 * document is not open in that version, and EngineError notPlaced where there is no one place.
 */
export async function apply(
  { textDocument, code }: ApplyParams,
  { documents, grammars }: Pick<FeatureDeps, "documents" | "grammars">,
): Promise<ApplyResult> {
  const document = snapshot(documents, textDocument);
  const { languageId, version } = document;
  const file = { lines: linesOf(document.getText()), languageId };
  const lines = codeLines(code, file.lines);
  const [outline, own] = await Promise.all([
    outlineOf(grammars, languageId, document.getText()),
    outlineOfPart(grammars, languageId, lines.join("\n")),
  ]);
  const replacements = placeCode({ ...file, ...outline }, { lines, languageId, ...own });
  const edits = replacements.flatMap((replacement) => toEdits(document, replacement));
  const warning = warningOf(await errorsOf(document, edits, grammars));
  return { edits, version, range: hull(replacements, document), warning };
}

/** Without what all of it is indented by, and without the name of the file. */
function codeLines(code: string, file: readonly string[]): string[] {
  const lines = linesOf(code.trimEnd());
  const [first = ""] = lines;
  const named = FILE_NAME.test(first.trim()) && !file.includes(first);
  const rest = named ? lines.slice(1) : lines;
  const common = commonIndentation(rest);
  return rest.map((line) => dedent(line, common));
}

function toEdits(document: TextDocument, { first, last, lines }: Replacement): ReturnType<typeof toTextEdits> {
  if (last >= first) return toTextEdits(document, lineRange(document, first, last), lines.join("\n"));
  const eol = usualEnding(document);
  const end = first >= document.lineCount;
  const at = end ? document.positionAt(document.getText().length) : { line: first, character: 0 };
  const newText = lines.map((line) => (end ? eol + line : line + eol)).join("");
  return [{ range: { start: at, end: at }, newText }];
}

/** Whole lines, without the last one's ending. */
function lineRange(document: TextDocument, first: number, last: number): Range {
  const text = document.getText({ start: { line: last, character: 0 }, end: { line: last + 1, character: 0 } });
  return { start: { line: first, character: 0 }, end: { line: last, character: text.replace(/[\r\n]+$/, "").length } };
}

function hull(replacements: readonly Replacement[], document: TextDocument): Range {
  const end = document.lineCount - 1;
  const first = Math.min(end, ...replacements.map(({ first }) => first));
  const last = Math.max(first, ...replacements.map(({ first, last }) => Math.min(end, Math.max(first, last))));
  return lineRange(document, first, last);
}
