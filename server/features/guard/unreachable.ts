/** Finds lines that never run because they follow a return. Removing them loses nothing. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { isCode } from "../text/words.ts";
import { bracketsIn } from "./closers.ts";
import type { Hunk } from "./hunks.ts";

/** A statement that always leaves the block, and that ends on its line. */
const LEAVES = /^(?!.*\s(?:if|unless)\s)(?:(?:return|throw|raise)\b.*[\w)\]}"'`;]|break;?|continue;?)$/;
/** A line that can be reached from elsewhere, or that declares something for the whole block. */
const REACHED =
  /^(?:#|\w+:$|(?:async\s+)?(?:function|class|def|fn|func)\b|(?:else|elif|elsif|case|default|when|except|rescue|finally|ensure|end)\b|[^\w\s@$"'])/;

/** The hunks without those that only remove such lines. */
export function reachedHunks(hunks: readonly Hunk[], before: readonly string[]): Hunk[] {
  return hunks.filter(({ first, removed, added }) => {
    if (added.some(isCode) || !removed.some(isCode)) return true;
    const at = first + removed.findIndex(isCode);
    return !isUnreachable(before, at, first + removed.findLastIndex(isCode));
  });
}

/** Whether all lines are in one block, right after a line that leaves it. `last`: inclusive. */
function isUnreachable(lines: readonly string[], from: number, last: number): boolean {
  const width = indentationWidth(lines[from]!);
  const above = lines.slice(0, from).findLast((text) => !isBlank(text)) ?? "";
  if (indentationWidth(above) !== width || !LEAVES.test(above.trim()) || bracketsIn(above) !== 0) return false;
  return lines.slice(from, last + 1).every((text) => isBlank(text) || isInside(text, width));
}

const isInside = (line: string, width: number) =>
  indentationWidth(line) > width || (indentationWidth(line) === width && !REACHED.test(line.trim()));
