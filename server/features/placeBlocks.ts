/** Puts blocks in their places: a passage that is not there exactly once has none. */
import { diffArrays } from "diff";
import type { Block } from "./blocks.ts";
import { fitLevels } from "./fitReply.ts";
import { indentationOf } from "./indentation.ts";
import { isBlank, linesOf } from "./lines.ts";
import { type Refusal, refusal, type Why } from "./refusals.ts";
import type { Selection } from "./selection.ts";

/** `newText` replaces the selection; "\n" is its only line ending. */
export type Placed = { newText: string; placed: number; refused: Refusal[] };

/** Lines of the selection, `to` exclusive. */
type Place = { from: number; to: number; block: Block };

/**
 * Passages are looked for in the selection as the model was shown it, line by line, white space at the ends of lines
 * aside. Blocks that change nothing, and those that come twice, are dropped. `unit` is one level of the file's
 * indentation, if that is known.
 */
export function placeBlocks(blocks: readonly Block[], selection: Selection, unit: string | undefined): Placed {
  const shown = linesOf(selection.text).map((line) => line.trimEnd());
  const places: Place[] = [];
  const refused: Refusal[] = [];
  const known = new Set<string>();
  for (const block of blocks) {
    const [search, replacement] = [block.search, block.replacement].map((lines) => lines.map((line) => line.trimEnd()));
    const key = JSON.stringify([search, replacement]);
    if (known.has(key) || (!search!.every(isBlank) && isSame(search!, replacement!))) continue;
    known.add(key);
    const found = placeOf(search!, shown);
    const why = typeof found === "string" ? found : overlap(places, found, search!.length);
    if (why !== undefined) refused.push(refusal(block.search, why));
    else if (typeof found === "number") places.push({ from: found, to: found + search!.length, block });
  }
  return { newText: replaced(places, selection, unit), placed: places.length, refused };
}

/** Its first line's number, or why there is none. */
function placeOf(search: readonly string[], shown: readonly string[]): number | Why {
  if (search.every(isBlank)) return "unnamed";
  const starts = shown.flatMap((_, at) => (search.every((line, i) => shown[at + i] === line) ? [at] : []));
  if (starts.length > 1) return "repeated";
  return starts[0] ?? "missing";
}

function overlap(places: readonly Place[], from: number, length: number): Why | undefined {
  const to = from + length;
  return places.some((other) => from < other.to && other.from < to) ? "overlapping" : undefined;
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((line, i) => line === b[i]);

function replaced(places: readonly Place[], selection: Selection, unit: string | undefined): string {
  const { before, original } = selection;
  const indented = isBlank(before);
  const [head = "", ...rest] = linesOf(original);
  const lines = [indented ? before + head : head, ...rest];
  for (const place of places.toSorted((a, b) => b.from - a.from))
    lines.splice(place.from, place.to - place.from, ...newLines(place, lines, selection, unit));
  const [first = "", ...others] = lines;
  // What stands before the selection stays there: indentation that the first line has of its own is not doubled.
  const indentation = first.startsWith(before) ? before : indentationOf(first).slice(0, before.length);
  return [indented ? first.slice(indentation.length) : first, ...others].join("\n");
}

function newLines(
  { from, to, block }: Place,
  lines: readonly string[],
  selection: Selection,
  unit: string | undefined,
): string[] {
  const old = lines.slice(from, to);
  // A blank line is how models write that nothing takes a passage's place.
  const replacement = block.replacement.every(isBlank) ? [] : block.replacement;
  const fitted = fitLevels(replacement, block.search, unit).map((line, i) => {
    if (isBlank(line)) return "";
    // Behind code, the first line is no line of its own.
    return from + i === 0 && !isBlank(selection.before) ? line : selection.indentation + line;
  });
  // Of the last line, the selection may hold the beginning alone: what is behind it must not join the line above.
  if (fitted.length === 0 && to === lines.length && from > 0 && selection.after !== "") return [""];
  // A line that stays keeps the white space at its end.
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
