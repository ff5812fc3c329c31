import type { Range, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ApplyParams, ApplyResult } from "../../protocol.ts";
import type { Grammars } from "../code/grammars.ts";
import { extensionOf, languageOf } from "../code/languages.ts";
import { snapshot } from "../context/documents.ts";
import type { FeatureDeps } from "../deps.ts";
import { editFault } from "../guard/editCheck.ts";
import { unescaped } from "../reading/escaped.ts";
import { commonIndentation, dedent } from "../text/indentation.ts";
import { ENCODING_MARK, linesOf, textLines } from "../text/lines.ts";
import { toTextEdits, usualEnding } from "../text/textEdits.ts";
import { placePassages } from "./placePassages.ts";
import { placeText } from "./placeText.ts";
import type { Replacement } from "./source.ts";

/**
 * Edits that replace what the code of an answer rewrites. Throws ResponseError ContentModified if the document is not
 * open in that version, and EngineError notPlaced if the code has no single place.
 */
export async function apply(
  { textDocument, code }: ApplyParams,
  { documents, grammars }: Pick<FeatureDeps, "documents" | "grammars">,
): Promise<ApplyResult> {
  const document = snapshot(documents, textDocument);
  const { languageId, version } = document;
  const file = { lines: textLines(document.getText()), languageId };
  const shown = codeLines(code, file.lines, textDocument.uri);
  const lines = unescaped(shown, { languageId, selected: document.getText() }) ?? shown;
  const replacements = placePassages(file, linesOf(code)) ?? (await placeText(file, lines, grammars));
  return {
    ...(await checkedEdits(document, replacements, grammars)),
    version,
    range: coveringRange(replacements, document),
  };
}

/** `warning`: the guard's, for the user; undefined if nothing is wrong. */
export type CheckedEdits = { edits: TextEdit[]; warning: string | undefined };

/** The edits, and the guard's warning about them. */
export async function checkedEdits(
  document: TextDocument,
  replacements: readonly Replacement[],
  grammars: Grammars,
): Promise<CheckedEdits> {
  const edits = replacements.flatMap((replacement) => toEdits(document, replacement));
  const fault = await editFault({ document, edits, asked: "", ranges: replacements }, grammars);
  return { edits, warning: fault?.warning };
}

/** The code's lines, without their common indentation and without a first line that names the file. */
function codeLines(code: string, file: readonly string[], uri: string): string[] {
  const lines = linesOf(code.trimEnd());
  const [first = ""] = lines;
  const named = namesFile(first.trim(), uri) && !file.includes(first);
  const rest = named ? lines.slice(1) : lines;
  const common = commonIndentation(rest);
  return rest.map((line) => dedent(line, common));
}

const MARK_RANGE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

/** The text edits for one replacement, with the document's line endings. */
export function toEdits(document: TextDocument, { first, last, lines }: Replacement): TextEdit[] {
  // New text at the beginning of the file goes after the byte order mark.
  const mark = first === 0 && document.getText(MARK_RANGE) === ENCODING_MARK ? ENCODING_MARK : "";
  if (last >= first) return toTextEdits(document, lineRange(document, first, last), mark + lines.join("\n"));
  const eol = usualEnding(document);
  const end = first >= document.lineCount;
  const at = end ? document.positionAt(document.getText().length) : { line: first, character: mark.length };
  const newText = lines.map((line) => (end ? eol + line : line + eol)).join("");
  return [{ range: { start: at, end: at }, newText }];
}

/** Whole lines, without the last one's ending. */
function lineRange(document: TextDocument, first: number, last: number): Range {
  const text = document.getText({ start: { line: last, character: 0 }, end: { line: last + 1, character: 0 } });
  return { start: { line: first, character: 0 }, end: { line: last, character: text.replace(/[\r\n]+$/, "").length } };
}

/** The lines from the first replacement to the last. */
function coveringRange(replacements: readonly Replacement[], document: TextDocument): Range {
  const end = document.lineCount - 1;
  const first = Math.min(end, ...replacements.map(({ first }) => first));
  const last = Math.max(first, ...replacements.map(({ first, last }) => Math.min(end, Math.max(first, last))));
  return lineRange(document, first, last);
}

const COMMENT = /^(?:\/\/|#|--|;|%|\/\*|<!--)\s*(file(?:name|path)?:|path:)?\s*(\S+?)\s*(?:\*\/|-->)?$/i;
/** Products whose names look like file names. */
const PRODUCT = /^(?:node|vue|next|nuxt|react|express|three|d3|ember|backbone|moment|chart|socket)\.js$/i;

/** Whether a line is a comment that names a file such as the one at `uri`: `// src/cart.ts`, but not `# v1.2`. */
function namesFile(line: string, uri: string): boolean {
  const [, label, path] = COMMENT.exec(line) ?? [];
  if (path === undefined || !/[\w-]\.[A-Za-z]\w{0,9}$/.test(path) || /^https?:/.test(path)) return false;
  const name = path.split(/[\\/]/).at(-1)!;
  if (label || uri.endsWith(`/${encodeURIComponent(name)}`)) return true;
  const known = languageOf(name) !== "plaintext";
  return known && !PRODUCT.test(name) && (/[\\/]/.test(path) || extensionOf(name) === extensionOf(uri));
}
