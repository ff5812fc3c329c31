/** Puts blocks in their places. A passage must occur exactly once. */
import { diffArrays } from "diff";
import { normalizeSpace } from "../guard/hunks.ts";
import type { EditBlock } from "../text/blocks.ts";
import { fitLevels } from "../text/fitReply.ts";
import { commonIndentation, convertIndentation, dedent, indentationOf, indentationUnit } from "../text/indentation.ts";
import { areSame, isBlank, linesOf, longest } from "../text/lines.ts";
import type { Selection } from "../text/selection.ts";
import { type FoundPassage, passageFinder } from "./findPassage.ts";
import { type Refusal, type RefusalReason, refusal } from "./refusals.ts";

/** `newText` replaces the selection; "\n" is its only line ending. */
export type Placed = { newText: string; placed: number; refused: Refusal[] };

/** Lines of the selection, `to` exclusive. `piece`: a part of that one line. */
type Place = { from: number; to: number; block: EditBlock; piece?: { start: number; end: number } };

/**
 * Searches for passages in the selection as the model saw it: line by line, then without indentation, then as a part of
 * a line. Drops blocks that change nothing, and duplicates. `unit`: one level of the file's indentation, if known.
 */
export function placeBlocks(blocks: readonly EditBlock[], selection: Selection, unit: string | undefined): Placed {
  const shown = linesOf(selection.text).map((line) => line.trimEnd());
  const places: Place[] = [];
  const refused: Refusal[] = [];
  const known = new Set<string>();
  const find = passageFinder(shown);
  for (const block of blocks) {
    const [search, replacement] = [block.search, block.replacement].map((lines) => lines.map((line) => line.trimEnd()));
    const key = JSON.stringify([search, replacement]);
    if (known.has(key) || (!search!.every(isBlank) && areSame(search!, replacement!))) continue;
    known.add(key);
    const place = placeOf({ search: search!, replacement: replacement! }, shown, unit, find);
    const why = typeof place === "string" ? place : overlap(places, place);
    if (why !== undefined) refused.push(refusal(block.search, why));
    else if (typeof place !== "string") places.push(place);
  }
  return { newText: replaced(places, selection, unit), placed: places.length, refused };
}

/** A block without unchanged lines at its ends that repeat the file's lines right above and below the selection. */
export function withinSelection(
  block: EditBlock,
  file: readonly string[],
  { first, last, text }: Selection,
): EditBlock {
  const { search, replacement } = block;
  const joined = (lines: readonly string[]) => lines.map(normalizeSpace).join("\n");
  if (joined(linesOf(text)).includes(joined(search))) return block;
  const same = (i: number) => normalizeSpace(search.at(i)!) === normalizeSpace(replacement.at(i) ?? "");
  const most = Math.min(search.length, replacement.length);
  const unchanged = (step: (n: number) => number) => {
    let n = 0;
    while (n < most && same(step(n))) n++;
    return n;
  };
  const isAbove = (n: number) =>
    search.slice(0, n).every((line, i) => normalizeSpace(line) === normalizeSpace(file[first - n + i] ?? "-"));
  const isBelow = (n: number) =>
    search.slice(-n).every((line, i) => normalizeSpace(line) === normalizeSpace(file[last + 1 + i] ?? "-"));
  const top = longest(
    unchanged((n) => n),
    isAbove,
  );
  const bottom = longest(
    Math.min(
      unchanged((n) => -1 - n),
      most - top,
    ),
    isBelow,
  );
  const cut = (lines: readonly string[]) => lines.slice(top, lines.length - bottom);
  const inside = { search: cut(search), replacement: cut(replacement) };
  return inside.search.every(isBlank) ? block : inside;
}

/** The place, or why there is none. */
function placeOf(
  block: EditBlock,
  shown: readonly string[],
  unit: string | undefined,
  find: (search: readonly string[]) => FoundPassage | RefusalReason,
): Place | RefusalReason {
  const found = find(block.search);
  if (typeof found === "string") return found;
  if ("line" in found) {
    const { line, start, end } = found;
    return { from: line, to: line + 1, block, piece: { start, end } };
  }
  const { from, to, trimmed } = found;
  const part = (lines: readonly string[]) => (trimmed ? withoutBlanks(lines) : [...lines]);
  const there = shown.slice(from, to);
  const steps = indentationUnit([...block.search, ...block.replacement]);
  const [search, replacement] = [block.search, block.replacement].map((lines) =>
    likeFile(part(lines), there, unit, steps),
  );
  return { from, to, block: { search: search!, replacement: asDeepAs(replacement!, search!, there) } };
}

/**
 * Converts tabs to the file's spaces unless `there`, the passage in the file, has tabs. Converts spaces to the file's
 * tabs if it has. `steps`: one level of the block's indentation, if known.
 */
function likeFile(
  lines: string[],
  there: readonly string[],
  unit: string | undefined,
  steps: string | undefined,
): string[] {
  const isTabbed = (line: string) => line.startsWith("\t");
  const convert = (from: string, to: string) =>
    lines.map((line) => (line.startsWith(from.charAt(0)) ? convertIndentation(line, from, to) : line));
  if (unit === undefined || unit === "\t")
    return unit && steps?.startsWith(" ") && there.some(isTabbed) ? convert(steps, unit) : lines;
  return there.some(isTabbed) ? lines : convert("\t", unit);
}

function withoutBlanks(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => !isBlank(line));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1);
}

/** The replacement, indented deeper or less by the same amount as the found passage is. */
function asDeepAs(lines: readonly string[], search: readonly string[], there: readonly string[]): string[] {
  const [own, depth] = [commonIndentation(search), commonIndentation(there)];
  if (own === depth) return [...lines];
  return lines.map((line) => {
    if (isBlank(line)) return "";
    const less = Math.max(0, own.length - indentationOf(line).length);
    return depth.slice(0, Math.max(0, depth.length - less)) + dedent(line, own);
  });
}

function overlap(places: readonly Place[], { from, to, piece }: Place): RefusalReason | undefined {
  const meets = (other: Place) =>
    piece && other.piece && from === other.from
      ? piece.start < other.piece.end && other.piece.start < piece.end
      : from < other.to && other.from < to;
  return places.some(meets) ? "overlapping" : undefined;
}

function replaced(places: readonly Place[], selection: Selection, unit: string | undefined): string {
  const { before, original } = selection;
  const indented = isBlank(before);
  const [head = "", ...rest] = linesOf(original);
  const lines = [indented ? before + head : head, ...rest];
  const later = (a: Place, b: Place) => b.from - a.from || (b.piece?.start ?? 0) - (a.piece?.start ?? 0);
  for (const place of places.toSorted(later))
    lines.splice(place.from, place.to - place.from, ...newLines(place, lines, selection, unit));
  const [first = "", ...others] = lines;
  // The text before the selection stays, so indentation of the first line is not doubled.
  const indentation = first.startsWith(before) ? before : indentationOf(first).slice(0, before.length);
  return [indented ? first.slice(indentation.length) : first, ...others].join("\n");
}

function newLines(
  { from, to, block, piece }: Place,
  lines: readonly string[],
  selection: Selection,
  unit: string | undefined,
): string[] {
  const old = lines.slice(from, to);
  if (piece)
    return [
      inLine(old[0]!, piece, block.replacement, from === 0 && !isBlank(selection.before) ? "" : selection.indentation),
    ];
  // Models write a blank line to replace a passage with nothing.
  const replacement = block.replacement.every(isBlank) ? [] : block.replacement;
  const fitted = fitLevels(replacement, block.search, unit).map((line, i) => {
    if (isBlank(line)) return "";
    // After other code, the first line is not a line of its own.
    return from + i === 0 && !isBlank(selection.before) ? line : selection.indentation + line;
  });
  // The selection can hold only the beginning of the last line. The rest must not join the line above.
  if (fitted.length === 0 && to === lines.length && from > 0 && selection.after !== "") return [""];
  // An unchanged line keeps its trailing white space.
  const comparator = (a: string, b: string) => a.trimEnd() === b.trimEnd();
  const merged: string[] = [];
  let at = 0;
  for (const { added, removed, value, count } of diffArrays(old, fitted, { comparator })) {
    if (added) merged.push(...value);
    else {
      if (!removed) merged.push(...old.slice(at, at + count));
      at += count;
    }
  }
  return merged;
}

/** Replaces a part of a line. Offsets are those of the line as shown, without the selection's indentation. */
function inLine(
  line: string,
  { start, end }: { start: number; end: number },
  lines: readonly string[],
  indentation: string,
): string {
  const by = line.startsWith(indentation) ? indentation.length : 0;
  return line.slice(0, start + by) + lines.join("\n").trim() + line.slice(end + by);
}
