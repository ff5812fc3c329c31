/** Brings a reply's code into the shape of the place where it goes. */
import { commonIndentation, convertIndentation, dedent, indentationOf, indentationUnit } from "./indentation.ts";
import { isBlank, linesOf } from "./lines.ts";
import type { Selection } from "./selection.ts";

/**
 * The text that replaces the selection: the code, indented as the file is, between the blank lines and spaces that the
 * selection began and ended with. Models are not to be relied on for those. No code at all deletes the selection.
 * `unit` is one level of the file's indentation, if that is known. "\n" is the only line ending.
 */
export function fitReply(code: string, selection: Selection, unit: string | undefined): string {
  if (isBlank(code)) return "";
  const { start, end } = edges(selection);
  const before = start.includes("\n") ? "" : selection.before;
  const lines = linesOf(code);
  const first = lines.findIndex((line) => !isBlank(line));
  const last = lines.findLastIndex((line) => !isBlank(line));
  const fitted = fitIndentation(lines.slice(first, last + 1), { ...selection, before }, unit);
  return start + fitted.join("\n").trimEnd() + end;
}

function edges({ original, before }: Selection): { start: string; end: string } {
  if (isBlank(original)) return { start: "", end: original.endsWith("\n") ? "\n" : "" };
  const blankLines = /^(?:[^\S\n]*\n)+/.exec(original)?.[0] ?? "";
  // Behind code, spaces are no indentation.
  const start = blankLines === "" && !isBlank(before) ? /^\s*/.exec(original)![0] : blankLines;
  return { start, end: /\s*$/.exec(original)![0] };
}

/**
 * The lines as deep as the selection's, whatever the whole reply was indented by, and their own levels in the file's
 * unit. Of the first line's indentation, what already stands before the selection is left out.
 */
export function fitIndentation(
  code: readonly string[],
  selection: Pick<Selection, "text" | "indentation" | "before">,
  unit: string | undefined,
): string[] {
  const { indentation, before, text } = selection;
  const shown = linesOf(text);
  const depth = indentation + commonIndentation(shown);
  const lines = fitLevels(dedented(code), shown, unit);
  return lines.map((line, i) => {
    if (isBlank(line)) return "";
    const fitted = depth + line;
    if (i > 0) return fitted;
    const indented = indentationOf(fitted).length;
    return fitted.slice(isBlank(before) ? Math.min(before.length, indented) : indented);
  });
}

/** The levels that lines are indented by, beyond what all of them are, in the file's unit. */
export function fitLevels(lines: readonly string[], shown: readonly string[], unit: string | undefined): string[] {
  const base = commonIndentation(lines);
  const relative = dedented(lines);
  const own = indentationUnit(relative) ?? otherUnit(base, unit);
  if (!own || !unit || own === unit || own === indentationUnit(dedented(shown))) return [...lines];
  if (keepsIndentation(relative, dedented(shown))) return [...lines];
  // As many spaces as the file has are meant, in whatever steps the lines go on from there.
  const start = otherUnit(base, unit) ? convertIndentation(base, own, unit) : base;
  return relative.map((line) => start + convertIndentation(line, own, unit));
}

/** Tabs where the file has spaces, or spaces where it has tabs. */
function otherUnit(indentation: string, unit: string | undefined): string | undefined {
  if (indentation === "" || !unit || indentation.startsWith(unit.charAt(0))) return undefined;
  return indentation.startsWith("\t") ? "\t" : " ".repeat(indentation.length % 4 === 0 ? 4 : 2);
}

function dedented(lines: readonly string[]): string[] {
  const common = commonIndentation(lines);
  return lines.map((line) => dedent(line, common));
}

/** Whether most indented lines that the reply has in common with the selection are indented as they were. */
function keepsIndentation(reply: readonly string[], selected: readonly string[]): boolean {
  const before = new Set(selected);
  const trimmed = new Set(selected.map((line) => line.trim()));
  const common = reply.filter((line) => /^\s+\S/.test(line) && trimmed.has(line.trim()));
  const kept = common.filter((line) => before.has(line)).length;
  return kept > 0 && kept >= common.length / 2;
}
