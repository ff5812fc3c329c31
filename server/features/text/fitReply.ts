/** Fits the code of a reply to the place where it goes. */
import {
  commonIndentation,
  convertIndentation,
  dedent,
  indentationOf,
  indentationUnit,
  placements,
} from "./indentation.ts";
import { ENCODING_MARK, isBlank, linesOf } from "./lines.ts";
import { linesWithoutDepth } from "./literals.ts";
import { leavesBlock, withEvenFirstLine } from "./raggedLine.ts";
import type { Selection } from "./selection.ts";

/**
 * The text that replaces the selection: the code, in the file's indentation, between the blank lines and spaces at the
 * selection's ends. Models do not preserve those. Empty code deletes the selection. `unit`: one level of the file's
 * indentation, if known. "\n" is the only line ending.
 */
export function fitReply(code: string, selection: Selection, unit: string | undefined, languageId = ""): string {
  if (isBlank(code)) return "";
  const { start, end } = edges(selection);
  const before = start.includes("\n") ? "" : selection.before;
  const lines = linesOf(code);
  const first = lines.findIndex((line) => !isBlank(line));
  const last = lines.findLastIndex((line) => !isBlank(line));
  const fitted = fitIndentation(lines.slice(first, last + 1), { ...selection, before }, unit, languageId);
  const mark =
    selection.original.startsWith(ENCODING_MARK) && !fitted[0]!.startsWith(ENCODING_MARK) ? ENCODING_MARK : "";
  return mark + start + fitted.join("\n").trimEnd() + end;
}

function edges({ original, before }: Selection): { start: string; end: string } {
  if (isBlank(original)) return { start: "", end: original.endsWith("\n") ? "\n" : "" };
  const blankLines = /^(?:[^\S\n]*\n)+/.exec(original)?.[0] ?? "";
  // After code, spaces are not indentation.
  const start = blankLines === "" && !isBlank(before) ? /^\s*/.exec(original)![0] : blankLines;
  return { start, end: /\s*$/.exec(original)![0] };
}

/**
 * Indents the lines like the selection, whatever the reply's own indentation is, and converts levels to the file's
 * unit. Leaves out the part of the first line's indentation that is already before the selection. Text in strings moves
 * only if the selection's text was shown moved, or if it is a doc comment.
 */
function fitIndentation(
  code: readonly string[],
  selection: Pick<Selection, "text" | "indentation" | "above" | "before">,
  unit: string | undefined,
  languageId = "",
): string[] {
  const { indentation, before, text } = selection;
  const shown = linesOf(text);
  const [inString, shownInside] = [code, shown].map((lines) => linesWithoutDepth(lines, languageId));
  const own = shown.filter((_, i) => !shownInside![i]);
  const ownCode = code.filter((_, i) => !inString![i]);
  if (isBlank(before) && leavesBlock(ownCode, own, indentation, unit))
    return code.map((line, i) => (i > 0 ? line : withoutIndentationIn(line, before)));
  const even = withEvenFirstLine(code, own, indentation, unit);
  const inside = linesWithoutDepth(even, languageId);
  const base = commonIndentation(even.filter((_, i) => !inside[i]));
  // Below the end of a block, code can continue any outer block that is still open.
  const goesOn = base.length > indentation.length && selection.above?.startsWith(base);
  const depth = goesOn ? base : indentation + commonIndentation(own);
  const lines = fitLevels(
    even.map((line, i) => (inside[i] ? line : dedent(line, base))),
    own,
    unit,
    inside,
  );
  const known = new Set(shown.filter((_, i) => shownInside![i]));
  return lines.map((line, i) => {
    if (inside[i]) return textLine(even, inside, i, { known, indentation, base, depth });
    if (isBlank(line)) return "";
    const fitted = depth + line;
    return i > 0 ? fitted : withoutIndentationIn(fitted, before);
  });
}

/** The first line without the indentation that is already before it. */
function withoutIndentationIn(line: string, before: string): string {
  const indented = indentationOf(line).length;
  return line.slice(isBlank(before) ? Math.min(before.length, indented) : indented);
}

type Moved = { known: ReadonlySet<string>; indentation: string; base: string; depth: string };

/** A line inside a string: indented like the selection, like the code around it, or as in the reply. */
function textLine(lines: readonly string[], inside: readonly boolean[], i: number, moved: Moved): string {
  const { known, indentation, base, depth } = moved;
  const line = lines[i]!;
  let [from, to] = [i, i];
  while (inside[from - 1]) from--;
  while (inside[to + 1]) to++;
  const all = lines.slice(from, to + 1);
  if (all.some((text) => /\w/.test(text) && known.has(text))) return isBlank(line) ? line : indentation + line;
  const isDoc = /^\s*(?:[rRuU]?(?:"""|''')|@\w*doc)/.test(lines[from - 1] ?? "") || isScalar(lines[from - 1] ?? "");
  if (!isDoc || base === depth || !line.startsWith(base) || isBlank(line)) return line;
  return depth + line.slice(base.length);
}

/** Text in YAML must be deeper than its key. */
const isScalar = (line: string) => /[:\-\s][|>][-+\d]*\s*$/.test(line);

/**
 * Converts indentation levels, beyond the common indentation, to the file's unit. Lines that are aligned with the line
 * above keep their distance to it. Lines in strings (`inside`) stay.
 */
export function fitLevels(
  lines: readonly string[],
  shown: readonly string[],
  unit: string | undefined,
  inside: readonly boolean[] = [],
): string[] {
  const code = lines.filter((_, i) => !inside[i]);
  const base = commonIndentation(code);
  const relative = lines.map((line, i) => (inside[i] ? line : dedent(line, base)));
  const ownCode = code.map((line) => dedent(line, base));
  const own = indentationUnit(ownCode) ?? otherUnit(base, unit);
  if (!own || !unit || own === unit || own === indentationUnit(dedented(shown))) return [...lines];
  if (keepsIndentation(ownCode, dedented(shown))) return [...lines];
  // A common indentation of the file's own kind stays, whatever the steps of the lines are.
  const start = otherUnit(base, unit) ? convertIndentation(base, own, unit) : base;
  const placed = placements(relative);
  let grown = 0;
  return relative.map((line, i) => {
    if (inside[i]) return line;
    if (placed[i] === "aligned" && unit !== "\t" && grown >= 0 && !isBlank(line))
      return start + " ".repeat(grown) + line;
    const converted = convertIndentation(line, own, unit);
    if (!isBlank(line)) grown = converted.length - line.length;
    return start + converted;
  });
}

/** Tabs if the file has spaces, or spaces if it has tabs. */
function otherUnit(indentation: string, unit: string | undefined): string | undefined {
  if (indentation === "" || !unit || indentation.startsWith(unit.charAt(0))) return undefined;
  return indentation.startsWith("\t") ? "\t" : " ".repeat(indentation.length % 4 === 0 ? 4 : 2);
}

function dedented(lines: readonly string[]): string[] {
  const common = commonIndentation(lines);
  return lines.map((line) => dedent(line, common));
}

/** Whether most of the indented lines that reply and selection share have the same indentation. */
function keepsIndentation(reply: readonly string[], selected: readonly string[]): boolean {
  const before = new Set(selected);
  const trimmed = new Set(selected.map((line) => line.trim()));
  const common = reply.filter((line) => /^\s+\S/.test(line) && trimmed.has(line.trim()));
  const unchanged = common.filter((line) => before.has(line)).length;
  return unchanged > 0 && unchanged >= common.length / 2;
}
