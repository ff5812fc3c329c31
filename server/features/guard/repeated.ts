/** Finds lines around a change that the change repeats. */

import { STYLE_SHEETS } from "../code/declarations.ts";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { isCode, similarity, wordsOf } from "../text/words.ts";
import { namesBlock, openersOf } from "./containers.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";

/** Minimum number of repeated lines: fewer can be equal by chance. */
const FEWEST_LINES = 3;
/** How many lines above and below the change are compared. */
const AROUND = 40;

/** How many lines right above or below the change are neighbours. */
const NEIGHBOURS = 8;
/** Paragraphs with at least this many words and this similarity are the same. */
const SENTENCE_WORDS = 5;
const SAME_SENTENCE = 0.75;
const PROSE = new Set(["markdown", "mdx", "plaintext", "latex", "tex", "asciidoc", "restructuredtext"]);

/** The first repeated line, quoted. At most one. */
export function repeatedLines(hunks: readonly Hunk[], before: readonly string[]): string[] {
  for (const { first, removed, added } of hunks) {
    if (added.length < FEWEST_LINES) continue;
    const gone = new Set(removed.map(normalizeSpace));
    const filled = (lines: readonly string[]) => lines.map(normalizeSpace).filter((line) => line !== "");
    const fresh = filled(added);
    const behind = first + removed.length;
    const [above, below] = [before.slice(Math.max(0, first - AROUND), first), before.slice(behind, behind + AROUND)];
    const runs = [runAt(fresh, filled(above)), runAt(fresh.toReversed(), filled(below).toReversed()).toReversed()];
    for (const run of runs) {
      const telling = run.filter((line) => isCode(line) && line.length > 5 && !gone.has(line));
      if (run.length >= FEWEST_LINES && telling.length >= FEWEST_LINES - 1) return [`"${telling[0]}"`];
    }
  }
  return [];
}

/** The longest run of lines at the beginning of `fresh` that occurs anywhere in `around`. */
function runAt(fresh: readonly string[], around: readonly string[]): readonly string[] {
  let longest = 0;
  for (const start of around.keys()) {
    let n = 0;
    while (n < fresh.length && start + n < around.length && fresh[n] === around[start + n]) n++;
    longest = Math.max(longest, n);
  }
  return fresh.slice(0, longest);
}

/** The first added line that opens a block directly in one with the same head, quoted. `after`: the whole new file. */
export function repeatedOpeners(hunks: readonly Hunk[], after: readonly string[]): string[] {
  for (const { at, removed, added } of hunks) {
    const gone = new Set(removed.map(normalizeSpace));
    const again = added.find((line, i) => {
      // Calls and elements are often nested in others with the same first line.
      if (!namesBlock(line) || /^\s*<|[([]\s*$/.test(line) || gone.has(normalizeSpace(line))) return false;
      const above = after.slice(0, at + i);
      if (!above.some((other) => normalizeSpace(other) === normalizeSpace(line))) return false;
      const parent = openersOf(above, at + i, indentationWidth(line)).at(-1);
      return parent !== undefined && normalizeSpace(parent) === normalizeSpace(line);
    });
    if (again !== undefined) return [`"${normalizeSpace(again)}"`];
  }
  return [];
}

/**
 * The first added line that does what a line next to the change already does, quoted: it sets the same variable, calls
 * the same function with the same argument, is a rule for the same elements, or is the same paragraph.
 */
export function repeatedNeighbours(hunks: readonly Hunk[], before: readonly string[], languageId: string): string[] {
  for (const hunk of hunks) {
    const { first, removed, added } = hunk;
    const behind = first + removed.length;
    const above = before.slice(Math.max(0, first - NEIGHBOURS), first).toReversed();
    const below = before.slice(behind, behind + NEIGHBOURS);
    const again = added.find((line) => {
      const subject = subjectOf(line, languageId);
      if (subject === undefined) return false;
      const others = removed.filter((other) => isAbout(other, subject, languageId));
      // A line that changes a removed one repeats nothing. A call that replaces no code may be intended.
      if (others.length > 0 || (subject.isCall && !removed.some(isCode))) return false;
      return [above, below].some((lines) => {
        const run = neighboursIn(lines, line);
        return run.filter((other) => isAbout(other, subject, languageId)).length === 1;
      });
    });
    const twice = again ?? repeatedEdge(hunk, before);
    if (twice !== undefined) return [`"${normalizeSpace(twice)}"`];
  }
  return [];
}

/** The first or last line of new code in place of old code, if the line beside it is the same. */
function repeatedEdge({ first, removed, added }: Hunk, before: readonly string[]): string | undefined {
  const filled = added.filter((line) => !isBlank(line));
  if (filled.length < 2 || !removed.some(isCode)) return undefined;
  const above = before.slice(0, first).findLast((line) => !isBlank(line));
  const below = before.slice(first + removed.length).find((line) => !isBlank(line));
  const gone = new Set(removed.map(normalizeSpace));
  const isSame = (line: string, other = "") =>
    wordsOf(line).size > 0 && !gone.has(normalizeSpace(line)) && line.trimEnd() === other.trimEnd();
  return [
    [filled[0]!, above],
    [filled.at(-1)!, below],
  ].find(([line, other]) => isSame(line!, other))?.[0];
}

/** Neighbours of the same depth, up to the end of their block. */
function neighboursIn(lines: readonly string[], line: string): string[] {
  const width = indentationWidth(line);
  const filled = lines.filter((other) => !isBlank(other));
  const end = filled.findIndex((other) => indentationWidth(other) < width);
  return filled.slice(0, end < 0 ? undefined : end).filter((other) => indentationWidth(other) === width);
}

type Subject = { name: string; isCall: boolean; words?: Set<string> };

const SETS =
  /^(?:export\s+)?(?:(?:const|let|var|val|local|my|static|final|auto)\s+)*(?:[A-Z][\w<>,[\]]*\s+|(?:int|long|double|float|bool|boolean|char|string)\s+)?(\$?[\w$.]+)\s*(?::[^=]+)?(?::|\?)?=(?![=>])\s*(.*)$/;
const CALLS = /^(?:await\s+)?([\w$.]+)\(\s*(["'`]?[\w.$/:@-]+["'`]?)\s*[,)]/;
const NAMES_ELEMENT = /^<([\w-]+)\b[^>]*\s(id|name|for|href|src|key)=("[^"]*"|'[^']*'|\{[^}]*\})/;
const RULE = /^([^{}@]+)\{/;

/** What a line is about. Undefined if several lines about it are usual. */
function subjectOf(line: string, languageId: string): Subject | undefined {
  const text = line.trim();
  if (PROSE.has(languageId)) {
    const words = wordsOf(text);
    return words.size >= SENTENCE_WORDS && !/^[|`]/.test(text) ? { name: "", isCall: false, words } : undefined;
  }
  if (!isCode(text)) return undefined;
  const [, tag, attribute, value] = NAMES_ELEMENT.exec(text) ?? [];
  if (tag) return { name: `${tag} ${attribute} ${value}`, isCall: false };
  const [, rule] = (STYLE_SHEETS.has(languageId) && RULE.exec(text)) || [];
  if (rule) return { name: normalizeSpace(rule), isCall: false };
  const [, name, set = ""] = SETS.exec(text) ?? [];
  // A variable that is set from its own value is changed step by step.
  if (name) return wordsOf(set).has(name.toLowerCase()) ? undefined : { name: `${name} =`, isCall: false };
  const [, callee, argument] = CALLS.exec(text) ?? [];
  return callee ? { name: `${callee}(${argument}`, isCall: true } : undefined;
}

function isAbout(line: string, subject: Subject, languageId: string): boolean {
  const other = subjectOf(line, languageId);
  if (subject.words) return other?.words !== undefined && similarity(subject.words, other.words) >= SAME_SENTENCE;
  return other?.name === subject.name;
}
