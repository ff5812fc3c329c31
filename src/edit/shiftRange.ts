/** How a place follows changes of its text, and large changes as the small ones that they consist of. Pure. */
import { diffLines } from "diff";
import type { Change } from "../editor/hunks.ts";

/** Lines that differ. Beyond that the search takes seconds, and there is little in common to be found. */
const MOST_CHANGES = 2000;

export function shiftRange<T extends { start: number; end: number }>(place: T, changes: readonly Change[]): T {
  let { start, end } = place;
  for (const { offset, length, text } of [...changes].sort((a, b) => b.offset - a.offset)) {
    const shift = text.length - length;
    if (offset + length <= start && !(length === 0 && start === end && offset === start)) {
      start += shift;
      end += shift;
    } else if (offset < end) end = Math.max(start, end + shift);
  }
  return { ...place, start, end };
}

/** Of one that replaces many lines, only those that differ. */
export function splitByLines(before: string, changes: readonly Change[]): Change[] {
  return changes.flatMap((change) => {
    const { offset, length, text } = change;
    const old = before.slice(offset, offset + length);
    if (!old.includes("\n") || !text.includes("\n")) return [change];
    const parts = diffLines(old, text, { maxEditLength: MOST_CHANGES });
    if (!parts) return [change];
    const small: Change[] = [];
    let at = offset;
    let open: Change | undefined;
    for (const { value, added, removed } of parts) {
      if (!added && !removed) {
        at += value.length;
        open = undefined;
        continue;
      }
      if (!open) {
        open = { offset: at, length: 0, text: "" };
        small.push(open);
      }
      if (added) open.text += value;
      else {
        open.length += value.length;
        at += value.length;
      }
    }
    return small;
  });
}
