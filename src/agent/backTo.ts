/** The way back to an earlier text of a document that the user has changed since. No VS Code API. */
import { PendingRange } from "../edit/pendingRange.ts";
import { splitByLines } from "../edit/shiftRange.ts";
import type { Change } from "../editor/hunks.ts";

/**
 * The changes that lead from the present text back to an earlier one, without those that overlap what was changed after
 * `last`. Also returns whether none was left out.
 */
export function backTo(earlier: string, last: string, present: string): [changes: Change[], isWhole: boolean] {
  const whole = (from: string, to: string) => splitByLines(from, [{ offset: 0, length: from.length, text: to }]);
  const wanted = earlier === last ? [] : whole(last, earlier);
  if (present === last) return [wanted, true];
  const typed = whole(last, present).sort((a, b) => b.offset - a.offset);
  const back = wanted.flatMap((change) => {
    const range = new PendingRange(change.offset, change.offset + change.length);
    for (const each of typed) range.follow(each);
    return range.rebase([change]) ?? [];
  });
  return [back, back.length === wanted.length];
}
