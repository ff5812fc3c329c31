/**
 * Finds how a reply is indented, and fixes one whose first line has another indentation than the rest: models begin at
 * the selection's column and continue with the file's.
 */
import { commonIndentation, indentationOf } from "./indentation.ts";
import { isBlank } from "./lines.ts";

/** Line ends after which a deeper line can follow. */
const OPENS =
  /(?:[{([:,=\\+\-*/&|?<>.]|=>|->|\b(?:then|do|else|begin|try|of|in|return|and|or))\s*(?:(?:#|\/\/|--).*)?$/;
const DECLARES =
  /^\s*(?:(?:pub|export|public|private|protected|static|async|local)\s+)*(?:def|fn|fun|func|function|class|module|sub|if|for|while|unless|case|switch|struct|impl|trait|interface|<)/;

/** An element that ends on its line, so that no line below is in it. */
const WHOLE = /^\s*<(?:([\w.:-]+)\b.*<\/\1>|[^<>]*\/>)\s*$/;

/** The beginning of a line that continues the one above. */
const CONTINUES = /^\s*(?:[.?:&|+*/%=,)\]}<>]|-[^-\s]|(?:and|or)\b)/;

/** Whether a deeper line, which begins a block, can follow. */
export const opensBlock = (line: string) => OPENS.test(line) || DECLARES.test(line);

/**
 * Whether a reply has the file's own indentation, and leaves the block that the selection is in: it begins as deep as
 * the selection, and later lines are less deep than that. `lines`: the reply's code. `shown`: the selection as the
 * model saw it. `indentation`: the selection's. `unit`: one level, if known.
 */
export function leavesBlock(
  lines: readonly string[],
  shown: readonly string[],
  indentation: string,
  unit: string | undefined,
): boolean {
  const [first = "", ...rest] = lines;
  const [head = "", next] = shown.filter((line) => !isBlank(line));
  const least = commonIndentation(lines);
  if (least.length >= indentation.length || !indentation.startsWith(least)) return false;
  if (indentationOf(first) !== indentation + indentationOf(head)) return false;
  if (least !== "") return true;
  // At the margin, the other lines can also have the indentation that they were shown with.
  const moved = movedBy(rest, shown);
  // The first line alone shows it only if a single level leads to the margin.
  if (moved === undefined && indentation !== unit) return false;
  if (moved !== 0) return movedBy(lines, shown) === indentation.length;
  const isFlat = next !== undefined && indentationOf(next) === indentationOf(head);
  const trimmed = [lines, shown].map((all) => all.flatMap((line) => (isBlank(line) ? [] : [line.trim()])).join("\n"));
  // If nothing else is new, the indentation is what the reply changes.
  return isFlat && trimmed[0] === trimmed[1];
}

/** The lines, with the first one indented like the rest. Parameters are those of `leavesBlock`. */
export function withEvenFirstLine(
  lines: readonly string[],
  shown: readonly string[],
  indentation: string,
  unit: string | undefined,
): string[] {
  const [first = "", ...rest] = lines;
  if (rest.every(isBlank)) return [...lines];
  const own = indentationOf(first);
  const meant = depthOf(first, rest, shown, indentation, unit);
  return meant === undefined || meant === own ? [...lines] : [meant + first.slice(own.length), ...rest];
}

/** The indentation that the first line should have, relative to the other lines. */
function depthOf(
  first: string,
  rest: readonly string[],
  shown: readonly string[],
  indentation: string,
  unit: string | undefined,
): string | undefined {
  const own = indentationOf(first);
  const others = commonIndentation(rest);
  const head = shown.find((line) => !isBlank(line)) ?? "";
  const opens = !WHOLE.test(first) && opensBlock(first);
  const level = unit === undefined || unit === "\t" ? undefined : unit.length;
  const next = indentationOf(rest.find((line) => !isBlank(line))!).length - own.length;
  if (opens ? next === (level ?? next) : next === 0) return undefined;
  if (opens && isEven(rest, own.length, next)) return undefined;
  const shownNext = shown.slice(shown.indexOf(head) + 1).find((line) => !isBlank(line));
  if (shownNext !== undefined && next === indentationOf(shownNext).length - indentationOf(head).length)
    return undefined;
  const moved = rest.some((line) => indentationOf(line).includes("\t")) ? undefined : movedBy(rest, shown);
  // Known lines show how far all lines were moved.
  if (moved !== undefined && first.trim() === head.trim()) return spaces(indentationOf(head), moved);
  if (opens) {
    if (level === undefined || indentation === "" || own !== "") return undefined;
    // The block that the first line opens can end before the reply does.
    return next === indentation.length + level && others.startsWith(indentation) ? indentation : undefined;
  }
  if (others.length > own.length) {
    // Deeper lines of a reply to code at the margin are meant to be deeper.
    const isFiles = others !== "" && others === indentation + indentationOf(head);
    const continues = CONTINUES.test(rest.find((line) => !isBlank(line))!);
    return isFiles && !continues && others.startsWith(own) ? others : undefined;
  }
  const startsDeeper = indentationOf(head).length > commonIndentation(shown.slice(shown.indexOf(head) + 1)).length;
  return own.length > others.length &&
    !startsDeeper &&
    own.startsWith(others) &&
    own === indentation + commonIndentation(shown)
    ? others
    : undefined;
}

/** Whether the steps of the other lines fit the first line's, whatever step the file has. */
function isEven(rest: readonly string[], own: number, step: number): boolean {
  const widths = rest.filter((line) => !isBlank(line)).map((line) => indentationOf(line).length - own);
  const steps = step > 0 && widths.every((width) => width >= 0 && width % step === 0);
  return steps && (widths.includes(0) || widths.includes(2 * step));
}

/** How many spaces deeper the common lines are than they were shown. Undefined if they differ, or if there are none. */
function movedBy(lines: readonly string[], shown: readonly string[]): number | undefined {
  const depths = new Map<string, number | undefined>();
  for (const line of shown) {
    if (isBlank(line)) continue;
    const text = line.trim();
    depths.set(text, depths.has(text) ? undefined : indentationOf(line).length);
  }
  const moves = new Set<number>();
  for (const line of lines) {
    const depth = /\w/.test(line) ? depths.get(line.trim()) : undefined;
    if (depth !== undefined) moves.add(indentationOf(line).length - depth);
  }
  return moves.size === 1 ? [...moves][0] : undefined;
}

function spaces(indentation: string, by: number): string | undefined {
  if (indentation.includes("\t")) return undefined;
  const length = indentation.length + by;
  return length >= 0 ? " ".repeat(length) : undefined;
}
