/** What an edit sees of its file besides the selection and the symbol around it. */
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DATA_KINDS } from "../code/dataDeclaration.ts";
import { fenceTag } from "../code/languages.ts";
import type { Declaration, Outline } from "../code/outlineTypes.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { cutMarker, linesBlock, outlineBlock, usedBlock } from "../text/prompts.ts";
import type { Selection } from "../text/selection.ts";

/** How many lines are shown above and below a blank line. */
const NEAR_LINES = 15;
/** Longer declarations are shown without their bodies, lines. */
const WHOLE_LINES = 12;
/** Maximum length of all shown declarations together, lines. */
const MAX_LINES = 60;
/** Maximum length of a line, characters. Code with longer lines is not hand-written, and is left out. */
const MAX_LINE_CHARS = 200;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/**
 * For a blank selection: the outline of the document, and at the top level the lines near the selection. Otherwise: the
 * top-level declarations whose names the selection uses. Declarations of data do not count.
 */
export function restOfFile(outline: Outline, document: TextDocument, path: string, selection: Selection): string[] {
  const lines = linesOf(document.getText());
  const tag = fenceTag(document.languageId);
  const { first, last } = selection;
  const others = outline.declarations.filter(
    (declaration) => !DATA_KINDS.test(declaration.kind) && (declaration.last < first || declaration.first > last),
  );
  if (!isBlank(selection.text)) {
    const names = new Set(selection.text.match(NAME));
    const used = others.filter(({ name }) => names.has(name)).map((declaration) => shortened(lines, declaration));
    const shown = upTo(MAX_LINES, used);
    return shown.length > 0 ? [usedBlock(path, tag, shown.join("\n"))] : [];
  }
  const inside = outline.declarations.some((declaration) => declaration.first <= first && last <= declaration.last);
  const from = Math.max(0, first - NEAR_LINES);
  const to = Math.min(lines.length - 1, last + NEAR_LINES);
  const isFar = (declaration: Declaration) => inside || declaration.last < from || declaration.declaration > to;
  const far = upTo(
    MAX_LINES,
    nearestFirst(others.filter(isFar), first).map((declaration) => heads(lines, declaration)),
  );
  const near = lines.slice(from, to + 1);
  return [
    ...(far.length > 0 ? [outlineBlock(path, tag, far.join("\n"))] : []),
    ...(inside || near.every(isBlank) || !isHandWritten(near)
      ? []
      : [linesBlock(path, tag, from + 1, to + 1, near.join("\n"))]),
  ];
}

type Shown = { first: number; lines: string[] };

/** As many as have room, in the order of the file. */
function upTo(max: number, shown: readonly Shown[]): string[] {
  let room = max;
  const taken = shown.filter(({ lines }) => {
    if (lines.length > room || !isHandWritten(lines)) return false;
    room -= lines.length;
    return true;
  });
  return taken.sort((a, b) => a.first - b.first).flatMap(({ lines }) => lines);
}

function nearestFirst(declarations: readonly Declaration[], line: number): Declaration[] {
  const distance = ({ declaration, last }: Declaration) =>
    Math.min(Math.abs(declaration - line), Math.abs(last - line));
  return [...declarations].sort((a, b) => distance(a) - distance(b));
}

/** A short declaration as a whole; of a longer one, the first lines of it and its members, or its first line. */
function shortened(lines: readonly string[], declaration: Declaration): Shown {
  const { declaration: begin, last, children } = declaration;
  if (last - begin < WHOLE_LINES) return { first: begin, lines: lines.slice(begin, last + 1) };
  if (children.length > 0) return heads(lines, declaration);
  return { first: begin, lines: [lines[begin]!, cutMarker(last - begin)] };
}

/** The first lines of a declaration and of its members. */
const heads = (lines: readonly string[], { declaration, group, children }: Declaration): Shown => ({
  first: declaration,
  lines: [declaration, ...(group === "container" ? children.map((child) => child.declaration) : [])].map(
    (line) => lines[line]!,
  ),
});

const isHandWritten = (lines: readonly string[]) => lines.every((line) => line.length <= MAX_LINE_CHARS);
