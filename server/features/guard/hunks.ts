/** A change to a file as hunks of lines. */
import { diffArrays } from "diff";
import { changedRuns, differsBeyond } from "../text/textEdits.ts";

/** Maximum number of removed and added lines. Beyond it, the search takes seconds, and the change is one hunk. */
const MOST_CHANGES = 2000;

/** Maximum length of a line, characters: longer lines are data, whose words say nothing. */
export const LONGEST_LINE = 300;

/** `first`: the first old line, 0-based; for an insertion, the line after it. `at`: the same in the new text. */
export type Hunk = { first: number; at: number; removed: string[]; added: string[] };

/** A line trimmed and with single spaces, to compare lines without regard to white space. */
export const normalizeSpace = (line: string) => line.replace(/\s+/g, " ").trim();

/** The hunks that turn `before` into `after`. Differences in white space do not count. */
export function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  const isSame = (a: string, b: string) => a === b || normalizeSpace(a) === normalizeSpace(b);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start]!, after[start]!)) start++;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end)!, after.at(-1 - end)!)) end++;
  const [from, to] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (from.length === 0 && to.length === 0) return [];
  const [old, fresh] = [from.map(normalizeSpace), to.map(normalizeSpace)];
  const changes = differsBeyond(old, fresh, MOST_CHANGES)
    ? undefined
    : diffArrays(old, fresh, { maxEditLength: MOST_CHANGES });
  if (!changes) return [{ first: start, at: start, removed: from, added: to }];
  return changedRuns(changes).map((run) => ({
    first: start + run.from,
    at: start + run.to,
    removed: from.slice(run.from, run.from + run.removed),
    added: to.slice(run.to, run.to + run.added),
  }));
}
