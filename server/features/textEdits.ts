/** Edits that change as few lines as possible. */
import { diffArrays } from "diff";
import type { Range, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isBlank, linesOf } from "./lines.ts";

/** Lines removed and added. Beyond that the search takes seconds, and there is little in common to be found. */
const MOST_CHANGES = 2000;

/** `whole`: neither the first nor the last of a range, which may be parts of lines. */
type Line = { text: string; whole: boolean };
/** `start`: offset in the document. `ending`: none behind the last line of a range. */
type OldLine = Line & { start: number; ending: string };
/** So many old lines, the first of them number `from`, are replaced by new lines. */
type Hunk = { from: number; removed: number; lines: string[] };

/**
 * Edits that put `newText` in the place of a range, none of them outside it. Lines that stay keep their endings; new
 * ones get the ending of the line in whose place or behind which they come. A blank line that stays one keeps its
 * spaces. Whatever line endings `newText` has, they only separate its lines.
 */
export function toTextEdits(document: TextDocument, range: Range, newText: string): TextEdit[] {
  const before = oldLines(document, range);
  const texts = linesOf(newText);
  const after = texts.map((text, i): Line => ({ text, whole: i > 0 && i < texts.length - 1 }));
  return hunksOf(before, after).map((hunk) => toEdit(document, before, hunk));
}

function oldLines(document: TextDocument, range: Range): OldLine[] {
  // Texts and endings by turns.
  const parts = document.getText(range).split(/(\r\n|\r|\n)/);
  const lines: OldLine[] = [];
  let start = document.offsetAt(range.start);
  for (let i = 0; i < parts.length; i += 2) {
    const [text = "", ending = ""] = parts.slice(i, i + 2);
    lines.push({ start, text, ending, whole: i > 0 && i < parts.length - 1 });
    start += text.length + ending.length;
  }
  return lines;
}

function hunksOf(before: OldLine[], after: Line[]): Hunk[] {
  const changes = diffArrays<Line>(before, after, { comparator: isSame, maxEditLength: MOST_CHANGES });
  if (!changes) return [{ from: 0, removed: before.length, lines: after.map(({ text }) => text) }];
  const hunks: Hunk[] = [];
  let open: Hunk | undefined;
  let [from, to] = [0, 0];
  for (const { removed, added, count } of changes) {
    if (!removed && !added) {
      open = undefined;
      from += count;
      to += count;
      continue;
    }
    if (!open) {
      open = { from, removed: 0, lines: [] };
      hunks.push(open);
    }
    if (removed) {
      open.removed += count;
      from += count;
    } else {
      open.lines.push(...after.slice(to, to + count).map(({ text }) => text));
      to += count;
    }
  }
  return hunks;
}

function isSame(a: Line, b: Line): boolean {
  return a.text === b.text || (a.whole && b.whole && isBlank(a.text) && isBlank(b.text));
}

function toEdit(document: TextDocument, before: OldLine[], hunk: Hunk): TextEdit {
  const { from, removed, lines } = hunk;
  const endings = lines.map((_, i) => endingOf(document, before, hunk, i));
  const next = before[from + removed];
  if (next) {
    const text = lines.map((line, i) => line + endings[i]).join("");
    return edit(document, before[from]!.start, next.start, text);
  }
  const end = endOf(before.at(-1)!);
  if (removed > 0 && lines.length > 0) {
    const text = lines.map((line, i) => (i < lines.length - 1 ? line + endings[i] : line)).join("");
    return edit(document, before[from]!.start, end, text);
  }
  // The last line that stays gets a line ending, or loses its own.
  const last = before[from - 1]!;
  return edit(document, last.start + last.text.length, end, lines.map((line, i) => endings[i] + line).join(""));
}

/** The line ending for a hunk's new line: of the line that it replaces, else of the nearest one above, else below. */
function endingOf(document: TextDocument, before: OldLine[], { from, removed }: Hunk, i: number): string {
  const replaced = i < removed ? before[from + i]?.ending : undefined;
  if (replaced) return replaced;
  for (let above = from + Math.min(i, removed) - 1; above >= 0; above--)
    if (before[above]!.ending) return before[above]!.ending;
  return before[from]?.ending || usualEnding(document);
}

/** The line ending that most lines of a document have. */
export function usualEnding(document: TextDocument): string {
  const text = document.getText();
  const [all, windows] = [text.match(/\n/g)?.length ?? 0, text.match(/\r\n/g)?.length ?? 0];
  return windows > all / 2 ? "\r\n" : "\n";
}

function endOf({ start, text, ending }: OldLine): number {
  return start + text.length + ending.length;
}

function edit(document: TextDocument, start: number, end: number, newText: string): TextEdit {
  return { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText };
}
