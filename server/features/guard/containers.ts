/** Finds the blocks that the selection is in, and removes them from a reply that repeats them. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { opensBlock } from "../text/raggedLine.ts";
import type { Selection } from "../text/selection.ts";
import { isCode, shareOf, wordsOf } from "../text/words.ts";
import { bracketsIn, isBalanced, isUnopened } from "./closers.ts";
import { normalizeSpace } from "./hunks.ts";

type Place = Pick<Selection, "first" | "last" | "before" | "after" | "text">;

/** Elements that are often nested in their own kind. */
const NESTED = /^<(?:div|span|ul|ol|li|section|p|g|table|tr|td|[A-Z][\w.]*)?>$/;
/** Heads of blocks of statements. A reply may replace such a block as a whole, with fewer statements. */
const STATEMENTS =
  /\b(?:def|defp|fn|fun|func|function|sub|proc|procedure|if|elif|else|unless|for|foreach|while|until|loop|switch|match|case|when|select|try|catch|except|finally|with|do|begin|using|lock)\b|^[^<@]*\(/;
const DECLARES =
  /^(?:[a-z]+(?:\(\w+\))?\s+)*(?:class|interface|struct|enum|trait|impl|module|mod|namespace|package|extension|object|protocol|record|union|defmodule)\b/;
const BRACKET = /^[({[]$/;
/** Minimum share of the selection's words that its new text has. */
const ALIKE = 0.4;

/** Whether a line opens a block that is hardly ever directly in another one with the same head. */
export const namesBlock = (line: string) =>
  isCode(line) && wordsOf(line).size > 0 && !NESTED.test(line.trim()) && (opensBlock(line) || bracketsIn(line) > 0);

const holdsStatements = (line: string) => STATEMENTS.test(line.trim()) && !DECLARES.test(line.trim());

/**
 * The lines that open the blocks around a line, outermost first. `line`: 0-based. `width`: its indentation. An opener
 * with an unclosed bracket may be as deep as its block.
 */
export function openersOf(file: readonly string[], line: number, width: number): string[] {
  const found: string[] = [];
  let [least, open, most] = [width, 0, 0];
  for (let i = line - 1; i >= 0; i--) {
    const text = file[i]!;
    if (isBlank(text)) continue;
    const own = indentationWidth(text);
    open += bracketsIn(text);
    const opens = own < least || (open > most && own === least);
    most = Math.max(most, open);
    // A bracket on a line of its own belongs to the line above.
    const isHead = BRACKET.test(found[0]?.trim() ?? "") && own === least;
    if (opens || isHead) found.unshift(text);
    least = Math.min(least, own);
  }
  return found;
}

/** The lines of a reply, without repeated lines that open and close the blocks around the selection. */
export function withoutContainer(lines: string[], file: readonly string[], place: Place): string[] {
  const { first, last, before, after, text } = place;
  if (!isBlank(before) || after !== "") return lines;
  const filled = lines.flatMap((line, i) => (isBlank(line) ? [] : [{ line, i }]));
  const [reply, own] = [filled.map(({ line }) => line), linesOf(text).filter((line) => !isBlank(line))];
  const width = Math.min(
    ...file.slice(first, last + 1).flatMap((line) => (isBlank(line) ? [] : indentationWidth(line))),
  );
  const heads = repeatedHeads(reply, openersOf(file, first, width));
  const repeated = reply.slice(0, heads);
  if (!repeated.some(namesBlock) || repeated.some(holdsStatements)) return lines;
  if (normalizeSpace(own[0] ?? "") === normalizeSpace(reply[0]!)) return lines;
  let end = reply.length;
  while (end > heads + 1 && reply.length - end < heads && isUnopened(reply.slice(heads, end - 1), reply[end - 1]!, own))
    end--;
  const inner = reply.slice(heads, end);
  const isInside = isDeeper(inner, reply[heads - 1]!) || (end < reply.length && endsInItself(inner));
  if (inner.length === 0 || !isInside || !isBalanced(inner, own)) return lines;
  // If the content stays the same, the block around it may be what was asked for.
  if (inner.map(normalizeSpace).join("\n") === own.map(normalizeSpace).join("\n")) return lines;
  if (shareOf(wordsOf(text), wordsOf(inner.join("\n"))) < ALIKE) return lines;
  return lines.slice(filled[heads]!.i, filled[end - 1]!.i + 1);
}

/** How many lines at the beginning of the reply repeat consecutive openers of the file. */
function repeatedHeads(reply: readonly string[], openers: readonly string[]): number {
  const counts = openers.map((_, start) => {
    let n = 0;
    while (
      n < reply.length - 1 &&
      start + n < openers.length &&
      normalizeSpace(reply[n]!) === normalizeSpace(openers[start + n]!)
    )
      n++;
    return n;
  });
  return Math.max(0, ...counts);
}

const isDeeper = (lines: readonly string[], head: string) =>
  lines.every((line) => indentationWidth(line) > indentationWidth(head));

/** Whether no line closes a block that is open before the first line, as `} else {` does. */
function endsInItself(lines: readonly string[]): boolean {
  let open = 0;
  return lines.every((line) => {
    const isOver = open <= 0 && /^[)\]}]/.test(line.trim());
    open += bracketsIn(line);
    return !isOver && open >= 0;
  });
}
