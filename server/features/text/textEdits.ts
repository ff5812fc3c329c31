/** Edits that change as few lines as possible. */
import { diffArrays } from "diff";
import type { Range, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isBlank, linesOf } from "./lines.ts";

/** Maximum number of removed and added lines. Beyond it, the search takes seconds and finds little in common. */
const MAX_CHANGES = 2000;

/** `whole`: neither the first nor the last line of a range, which can be parts of lines. */
type Line = { text: string; whole: boolean };
/** `start`: offset in the document. `ending`: empty after the last line of a range. */
type OldLine = Line & { start: number; ending: string };
/** Replaces `removed` old lines, beginning with number `from`, with new lines. */
type Hunk = { from: number; removed: number; lines: string[] };

/**
 * Edits that replace a range with `newText`, all inside the range. Unchanged lines keep their endings. A new line gets
 * the ending of the line that it replaces or follows. An unchanged line keeps its trailing spaces and no-break spaces,
 * which models lose. The line endings of `newText` only separate its lines.
 */
export function toTextEdits(document: TextDocument, range: Range, newText: string): TextEdit[] {
  const before = oldLines(document, range);
  const texts = linesOf(newText);
  const after = texts.map((text, i): Line => ({ text, whole: i > 0 && i < texts.length - 1 }));
  const hunks = hunksOf(before, after, isKept);
  // If nothing else changes, this change was intended.
  const all = hunks.length > 0 ? hunks : hunksOf(before, after, isSame);
  return all.map((hunk) => toEdit(document, before, hunk));
}

function oldLines(document: TextDocument, range: Range): OldLine[] {
  // Texts and endings alternate.
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

function hunksOf(before: OldLine[], after: Line[], comparator: (a: Line, b: Line) => boolean): Hunk[] {
  const keys = [before, after].map((lines) => lines.map(({ text }) => normalized(text)));
  const changes = differsBeyond(keys[0]!, keys[1]!, MAX_CHANGES)
    ? undefined
    : diffArrays<Line>(before, after, { comparator, maxEditLength: MAX_CHANGES });
  if (!changes) return [{ from: 0, removed: before.length, lines: after.map(({ text }) => text) }];
  return changedRuns(changes).map(({ from, removed, to, added }) => ({
    from,
    removed,
    lines: after.slice(to, to + added).map(({ text }) => text),
  }));
}

/**
 * Whether more than `limit` items are in only one of the lists. Then a diff of the two has more changes than that. This
 * takes linear time, while a diff tries all changes up to its limit.
 */
export function differsBeyond(a: readonly string[], b: readonly string[], limit: number): boolean {
  const [inA, inB] = [new Set(a), new Set(b)];
  const foreign = (items: readonly string[], others: ReadonlySet<string>) =>
    items.reduce((count, item) => (others.has(item) ? count : count + 1), 0);
  return foreign(a, inB) + foreign(b, inA) > limit;
}

/** A run of lines that a diff removes and adds at one place: where it begins before and after, and how many lines. */
export type ChangedRun = { from: number; removed: number; to: number; added: number };

/** The runs of a diff, in order. */
export function changedRuns(changes: readonly { removed: boolean; added: boolean; count: number }[]): ChangedRun[] {
  const runs: ChangedRun[] = [];
  let open: ChangedRun | undefined;
  let [from, to] = [0, 0];
  for (const { removed, added, count } of changes) {
    if (!removed && !added) open = undefined;
    else if (!open) {
      open = { from, removed: 0, to, added: 0 };
      runs.push(open);
    }
    if (!added) from += count;
    if (!removed) to += count;
    if (open && removed) open.removed += count;
    if (open && added) open.added += count;
  }
  return runs;
}

function isSame(a: Line, b: Line): boolean {
  return a.text === b.text || (a.whole && b.whole && isBlank(a.text) && isBlank(b.text));
}

/**
 * A line without what models lose when they repeat it: trailing and no-break spaces, invisible characters, and the
 * decomposed form of characters.
 */
const normalized = (text: string) =>
  text
    .replace(/[\u00a0\u202f]/g, " ")
    .replace(/[\u00ad\u200b\u200e\u200f\u2028\u2029\u2060\ufeff]/g, "")
    .normalize("NFC")
    .trimEnd();

function isKept(a: Line, b: Line): boolean {
  return isSame(a, b) || (normalized(a.text) === b.text && b.text !== "");
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
  // The last unchanged line gets a line ending, or loses its own.
  const last = before[from - 1]!;
  return edit(document, last.start + last.text.length, end, lines.map((line, i) => endings[i] + line).join(""));
}

/** The line ending for a new line: that of the line it replaces, else of the nearest line above, else below. */
function endingOf(document: TextDocument, before: OldLine[], { from, removed }: Hunk, i: number): string {
  const replaced = i < removed ? before[from + i]?.ending : undefined;
  if (replaced) return replaced;
  for (let above = from + Math.min(i, removed) - 1; above >= 0; above--)
    if (before[above]!.ending) return before[above]!.ending;
  return before[from]?.ending || usualEnding(document);
}

/** The line ending of most lines in a document. */
export function usualEnding(document: TextDocument): string {
  const text = document.getText();
  const [all, windows] = [text.match(/\n/g)?.length ?? 0, text.match(/\r\n/g)?.length ?? 0];
  // Macs before 2001 used "\r".
  if (all === 0 && text.includes("\r")) return "\r";
  return windows > all / 2 ? "\r\n" : "\n";
}

function endOf({ start, text, ending }: OldLine): number {
  return start + text.length + ending.length;
}

function edit(document: TextDocument, start: number, end: number, newText: string): TextEdit {
  return { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText };
}
