/** Moves a range along with changes of its text, and splits large changes into small ones. Pure. */
import { diffLines } from "diff";
import type { Change } from "../editor/hunks.ts";

/** The most lines that may differ. With more, the comparison takes seconds and finds little in common. */
const MOST_CHANGES = 2000;

/** The range after the changes. */
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

/** Splits each change that replaces many lines into changes of only the lines that differ. */
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
