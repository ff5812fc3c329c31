/** Removes the surroundings of the selection from a reply that repeats them exactly. */
import { isElision } from "../code/elisions.ts";
import { indentationWidth } from "../text/indentation.ts";
import { areSame, isBlank, linesOf, longest } from "../text/lines.ts";
import { opensBlock } from "../text/raggedLine.ts";
import type { Selection } from "../text/selection.ts";
import { isCode, shareOf, wordsOf } from "../text/words.ts";
import { bracketsIn, tagsIn, withoutClosers } from "./closers.ts";
import { withoutContainer } from "./containers.ts";
import { normalizeSpace } from "./hunks.ts";

type Place = Pick<Selection, "first" | "last" | "before" | "after" | "text">;

/** The reply's code without what it repeats. Unchanged in case of doubt. `file`: the lines of the file. */
export function withoutSurroundings(code: string, file: readonly string[], selection: Place): string {
  const inner = withoutContainer(linesOf(code), file, selection);
  const lines = withoutClosers(withoutLines(inner, file, selection), file, selection);
  return withoutRestOfLine(lines, selection).join("\n");
}

/** Without first and last lines that stand for the code around the selection: what is between them begins or ends as it does. */
export function withoutOuterElisions(code: string, { text }: Pick<Place, "text">, languageId: string): string {
  const lines = linesOf(code);
  const own = linesOf(text).filter((line) => !isBlank(line));
  const known = new Set(own.map((line) => line.trim()));
  const isCodeAt = (i: number) => !isBlank(lines[i]!) && !isElision(lines[i]!, languageId, known);
  const all = lines.map((_, i) => i).filter(isCodeAt);
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined || own.length === 0) return code;
  const begins = normalizeSpace(lines[first]!) === normalizeSpace(own[0]!) && isElidedIn(lines.slice(0, first));
  const ends = normalizeSpace(lines[last]!) === normalizeSpace(own.at(-1)!) && isElidedIn(lines.slice(last + 1));
  return begins || ends ? lines.slice(begins ? first : 0, ends ? last + 1 : undefined).join("\n") : code;
}

const isElidedIn = (lines: readonly string[]) => lines.some((line) => !isBlank(line));

/** Removes whole lines that repeat the lines above and below the selection. */
function withoutLines(lines: string[], file: readonly string[], { first, last, before, after, text }: Place): string[] {
  const filled = lines.flatMap((line, i) => (isBlank(line) ? [] : [{ i, text: normalizeSpace(line) }]));
  const reply = filled.map(({ text }) => text);
  const compact = (part: readonly string[]) => part.filter((line) => !isBlank(line)).map(normalizeSpace);
  const [above, below, own] = [compact(file.slice(0, first)), compact(file.slice(last + 1)), compact(linesOf(text))];
  const most = reply.length - 1;
  const belowLine = file.slice(last + 1).find((line) => !isBlank(line));
  const selected = file.slice(first, last + 1).filter((line) => !isBlank(line));
  const outside = { width: indentationWidth(belowLine ?? ""), selected: leastWidth(selected) };
  const tags = tagsIn(text);
  const head = longest(
    most,
    (n) => areSame(reply.slice(0, n), above.slice(above.length - n)) && !areSame(own.slice(0, n), reply.slice(0, n)),
  );
  const tail = longest(
    most,
    (n) => areSame(reply.slice(-n), below.slice(0, n)) && !areSame(own.slice(-n), reply.slice(-n)),
  );
  // If the selection is part of a line, the reply may repeat the rest of that line.
  const balance = isBlank(before) && after === "" ? bracketsIn(text) : bracketsIn(before + text + after);
  for (let total = head + tail; total > 0; total--) {
    for (let top = Math.min(head, total); top >= Math.max(0, total - tail); top--) {
      const rest = reply.slice(top, reply.length - (total - top));
      if (rest.length === 0 || bracketsIn(rest.join("\n")) !== balance || areSame(rest, own)) continue;
      if (tagsIn(rest.join("\n")) !== tags) continue;
      const kept = filled.slice(top, top + rest.length).map(({ i }) => lines[i]!);
      const next = filled[top + rest.length];
      if (next && isInside(lines[next.i]!, kept, outside)) continue;
      const taken = [...reply.slice(0, top), ...reply.slice(reply.length - (total - top))];
      // With repeated lines on both sides, it is clear what is between them.
      const between = top > 0 && top < total && rest.length <= Math.max(1, own.length);
      const framed = top === above.length && top < total && taken.every((line) => FRAME.test(line));
      const proven = taken.some(isDistinctive) && (between || isAlike(rest, text) || opens(lines, filled, top));
      if (!framed && !proven) continue;
      return lines.slice(filled[top]!.i, filled[top + rest.length - 1]!.i + 1);
    }
  }
  return lines;
}

/**
 * Whether `line`, which follows the kept lines and repeats the line below the selection, is in a block of the reply: it
 * is deeper than in the file. `file`: the indentation of that line and of the selection in the file.
 */
function isInside(line: string, kept: readonly string[], file: { width: number; selected: number }): boolean {
  const width = indentationWidth(line);
  // Below a first line at the margin, the others can be as deep as in the file.
  if (kept.length === 1 && !opensBlock(kept[0]!) && width === file.width && width < file.selected) return false;
  if (width > indentationWidth(kept.at(-1)!)) return true;
  const [head = "", second = ""] = kept;
  if (OPENS.test(head.trim()) && width > indentationWidth(head) && kept.length > 1 && width >= indentationWidth(second))
    return true;
  // The first line of a reply often has another depth than the others.
  const least = leastWidth(kept.length > 1 ? kept.slice(1) : kept);
  return width > least && file.width <= file.selected;
}

/** The end of a line that opens a block. */
const OPENS = /[{(:[]$|\b(?:do|then)$/;

const leastWidth = (lines: readonly string[]) => Math.min(...lines.map(indentationWidth));

/** Whether the line right above the selection opens a block that contains the rest of the reply. */
function opens(lines: readonly string[], filled: readonly { i: number }[], top: number): boolean {
  const [head, next] = [filled[top - 1], filled[top]].map((line) => (line ? lines[line.i]! : ""));
  return OPENS.test(head!.trim()) && indentationWidth(next!) > indentationWidth(head!);
}

/** Brackets, words like "else" and short comments are everywhere, so they prove nothing. */
const isDistinctive = (line: string) => HEADING.test(line) || wordsOf(line).size >= (isCode(line) ? 1 : COMMENT_WORDS);
/** A comment with this many words seldom occurs twice. */
const COMMENT_WORDS = 5;
/** The lines around the front matter with which a file begins. */
const FRAME = /^(?:-{3}|\+{3})$/;
/** A heading of Markdown, or a comment of many languages. Both seldom occur twice. */
const HEADING = /^#{1,6} \p{L}/u;

/** Whether the rest of the reply resembles the selection. If not, it is new code that may need the repeated lines. */
const isAlike = (rest: readonly string[], text: string) => shareOf(wordsOf(text), wordsOf(rest.join("\n"))) >= 0.4;

/** Removes the text before the selection on its first line, and after it on its last line. */
function withoutRestOfLine(lines: string[], { before, after, text }: Place): string[] {
  const result = [...lines];
  const head = result.findIndex((line) => !isBlank(line));
  if (head < 0) return lines;
  const tail = result.findLastIndex((line) => !isBlank(line));
  const inner = head === tail ? withoutBoth(result[head]!, before, after) : undefined;
  if (inner !== undefined) return [inner];
  if (!isBlank(before)) result[head] = withoutBefore(result[head]!, before, text);
  if (head === tail) result[head] = withoutQuotes(result[head]!, before, after, text);
  if (after !== "") result[tail] = withoutAfter(result[tail]!, after, text, result.join("\n"));
  const trimmed = result.join("\n");
  return trimmed.trim() === text.trim() || isBlank(trimmed) ? lines : result;
}

const MARKER = /^(?:[-*+](?:\s+\[[ xX]\])?|\d+[.)]|#{1,6}|>|\/\/[/!]?|--|;+|%+)\s+$/;
const ASSIGNED = /^(?:.*?[\s(])?([\w$.]+)\s*(?::[^=]+)?=\s*$/;

function withoutBefore(line: string, before: string, text: string): string {
  const own = line.trimStart();
  const begun = before.trimStart();
  // Replies often repeat the mark of a list item, heading, comment or quote, so it proves nothing.
  const marker = MARKER.exec(begun)?.[0].trim();
  if (marker && own.startsWith(`${marker} `) && !text.trimStart().startsWith(`${marker} `))
    return own.slice(marker.length).trimStart();
  const starts = [0, ...[...begun.matchAll(/(?<![\w$])[\w$"'@<#*:-]/g)].map(({ index }) => index)];
  for (const start of starts) {
    const piece = begun.slice(start);
    const cut = own.startsWith(piece) ? piece.length : own.startsWith(piece.trimEnd()) ? piece.trimEnd().length : 0;
    if (cut > 0 && isWhole(piece) && !text.startsWith(piece.trimEnd()) && !closesEarly(own.slice(cut)))
      return own.slice(cut).trimStart();
  }
  // `const x = …` for `let x = …`: the reply may change the keyword.
  const name = ASSIGNED.exec(begun)?.[1]?.replace(/[$.]/g, "\\$&");
  const again =
    name && new RegExp(`^(?:(?:const|let|var|val|auto|final)\\s+)?${name}\\s*(?::[^=]+)?=(?!=)\\s*`).exec(own);
  return again ? own.slice(again[0].length) : line;
}

/** How much of the line on either side of the selection is compared, characters. */
const LONGEST_SIDE = 200;
/** Marks of emphasis and code, which are the same on both sides of a text. */
const MARK = /^(?:[*_~`]{1,3})$/;

/** The part between the text before the selection and the text after it. Undefined unless the line has both. */
function withoutBoth(line: string, before: string, after: string): string | undefined {
  const own = line.trim();
  const [most, last] = [before, after].map((side) => Math.min(LONGEST_SIDE, side.length, own.length - 1));
  const begins = (n: number) =>
    own.startsWith(before.slice(-n)) && isApart(before.slice(0, -n), own) && isApart(own.slice(0, n), own.slice(n));
  const top = longest(most!, begins);
  if (top === 0) return undefined;
  const ends = (n: number) =>
    own.endsWith(after.slice(0, n)) && isApart(own, after.slice(n)) && isApart(own.slice(0, -n), own.slice(-n));
  const end = longest(Math.min(last!, own.length - top - 1), ends);
  if (end === 0) return undefined;
  const [head, tail, inner] = [before.slice(-top), after.slice(0, end), own.slice(top, own.length - end)];
  const isMark = MARK.test(head) && head === tail;
  if (isBlank(inner) || (!isMark && !/[\p{L}\p{N}]/u.test(head + tail))) return undefined;
  const [, sign = ""] = /(["'`*_~]+)$/.exec(head) ?? [];
  return isWholeIn(inner) && (sign === "" || !inner.includes(sign)) ? inner : undefined;
}

/** Whether a text closes all brackets that it opens, and no others. */
function isWholeIn(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if ("([{<".includes(sign)) depth++;
    else if (")]}>".includes(sign) && --depth < 0) return false;
  }
  return depth === 0;
}

/** Whether no word continues from one text into the next. */
const isApart = (text: string, next: string) => !(/\w$/.test(text) && /^\w/.test(next));

/** Whether a text closes a bracket that it has not opened, and words follow: the text before it opened that bracket. */
function closesEarly(text: string): boolean {
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign) && --depth < 0) return /[\p{L}\p{N}]/u.test(text.slice(at));
  }
  return false;
}

/** Whether a piece of a line is more than part of a name: it ends with a sign or a space, or has several words. */
const isWhole = (piece: string) =>
  /[\p{L}\p{N}]/u.test(piece) && (/[\s([{=:,.>]$|=["'`]$/.test(piece) || piece.trim().includes(" "));

/** Removes quotes that stand on both sides of the selection, and that the reply repeats at its end or at both ends. */
function withoutQuotes(line: string, before: string, after: string, text: string): string {
  const quote = /["'`]$/.exec(before)?.[0];
  if (quote === undefined || !after.startsWith(quote) || text.includes(quote)) return line;
  const own = line.trim();
  const inner = own.startsWith(quote) ? own.slice(1) : own;
  return inner.endsWith(quote) && !inner.slice(0, -1).includes(quote) ? inner.slice(0, -1) : line;
}

function withoutAfter(line: string, after: string, text: string, reply: string): string {
  const own = line.trimEnd();
  const ends = after.trimEnd();
  const inWord = /\w$/.test(text) && /^\w/.test(after);
  if (ends === "" || inWord || text.trimEnd().endsWith(ends.trim())) return line;
  const piece = own.endsWith(ends) ? ends : own.endsWith(ends.trimStart()) ? ends.trimStart() : undefined;
  if (
    piece !== undefined &&
    (/^[;,:]$/.test(piece) || /[\p{L}\p{N}]/u.test(piece) || bracketsIn(reply) !== bracketsIn(text))
  )
    return own.slice(0, own.length - piece.length);
  const [sign] = ends.trimStart();
  return (sign === ";" || sign === ",") && own.endsWith(sign) && !text.trimEnd().endsWith(sign)
    ? own.slice(0, -1)
    : line;
}
