/**
 * Proposed changes of a text, and their positions while the text changes. Pure: no VS Code API. All positions are
 * offsets in UTF-16 code units, as in VS Code.
 */

/** A text that replaces `length` characters at `offset`, as in the editor's change events. */
export type Change = { offset: number; length: number; text: string };

/** A changed part of the present text. `before`: what was there before. */
export type Hunk = { id: number; start: number; end: number; before: string };

/** Makes all changes, which must not overlap. Returns the new text, and a hunk for each change. */
export function applyChanges(text: string, changes: readonly Change[]): { text: string; hunks: Hunk[] } {
  const hunks: Hunk[] = [];
  let result = "";
  let from = 0;
  for (const { offset, length, text: after } of [...changes].sort((a, b) => a.offset - b.offset)) {
    result += text.slice(from, offset);
    const start = result.length;
    result += after;
    hunks.push({ id: hunks.length, start, end: result.length, before: text.slice(offset, offset + length) });
    from = offset + length;
  }
  return { text: result + text.slice(from), hunks };
}

/** The change that undoes a hunk. */
export const rejection = ({ start, end, before }: Hunk): Change => ({
  offset: start,
  length: end - start,
  text: before,
});

/**
 * The hunks after the user has changed the text. Hunks that the change overlaps are dropped: undoing them would also
 * undo what the user has written.
 */
export function shiftHunks<T extends Hunk>(hunks: readonly T[], change: Change): T[] {
  return hunks.flatMap((hunk) => {
    if (overlaps(change, hunk)) return [];
    const isBefore = change.offset + change.length <= hunk.start;
    const shift = isBefore ? change.text.length - change.length : 0;
    return [{ ...hunk, start: hunk.start + shift, end: hunk.end + shift }];
  });
}

/**
 * Like `shiftHunks`, for a change that the user has not made: the hunks that it overlaps become one, which includes it.
 * @param text before the change.
 */
export function growHunks<T extends Hunk>(text: string, hunks: readonly T[], change: Change): T[] {
  const { offset, length } = change;
  const reached = hunks.filter((hunk) => overlaps(change, hunk));
  const [first] = reached;
  if (!first) return shiftHunks(hunks, change);
  const start = Math.min(first.start, offset);
  const end = Math.max(...reached.map((hunk) => hunk.end), offset + length);
  const local = reached.map((hunk) => ({ ...hunk, start: hunk.start - start, end: hunk.end - start }));
  const before = withoutHunks(text.slice(start, end), local);
  const after = applyChanges(text.slice(start, end), [{ ...change, offset: offset - start }]).text;
  const others = shiftHunks(
    hunks.filter((hunk) => !reached.includes(hunk)),
    change,
  );
  const hunk = { ...first, start, end: start + after.length, before };
  return (after === before ? others : [...others, hunk]).sort((a, b) => a.start - b.start);
}

/** Whether a change removes part of a range, or writes inside it. Touching an end is not enough. */
export function overlaps({ offset, length }: Change, { start, end }: { start: number; end: number }): boolean {
  if (length === 0) return offset > start && offset < end;
  if (start === end) return offset < start && offset + length > start;
  return offset < end && offset + length > start;
}

/**
 * The text with these hunks undone. Kept hunks and what the user has written stay.
 */
export function withoutHunks(text: string, hunks: readonly Hunk[]): string {
  return applyChanges(text, hunks.map(rejection)).text;
}
