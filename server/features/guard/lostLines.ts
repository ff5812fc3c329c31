/** Finds the lines that a change loses or leaves out: lines that are neither kept nor rewritten. */
import { STYLE_SHEETS } from "../code/declarations.ts";
import { elisionsIn } from "../code/elisions.ts";
import { indentationOf } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { isCode, shareOf, similarity, wordsOf } from "../text/words.ts";
import { ERROR_WORDS, HANDLES, handlersLost, RAISES } from "./handlers.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";

/** From this similarity on, a line counts as rewritten. */
const KNOWN_SHARE = 0.5;
/** From this similarity on, a line is the same with a small change. */
const SAME_LINE = 0.8;
/** The share of the code that may be lost without a warning. In longer ranges, it is a share of `SHARE_OF` lines. */
const SMALL_SHARE = 0.3;
const SHARE_OF = 30;
/** The same share, for lines that nothing replaces. */
const UNREPLACED_SHARE = 0.2;
/** Minimum number of lost lines to report: many good edits lose one line. */
const FEWEST_LINES = 2;
const FEWEST_GONE = 4;
/** Maximum number of pairs of lines to compare word by word. */
const MOST_PAIRS = 40_000;

/** `lines`: the lost lines, if they are more than a few. `elided`: lines such as "// ...", in place of omitted code. */
export type Losses = { lines: string[]; elided: string[] };
type Ranges = readonly { first: number; last: number }[];

/** The lost lines of all hunks. `ranges`: see Change. `idle`: see idleHandlers. */
export function lossesOf(
  all: readonly Hunk[],
  {
    languageId,
    before,
    ranges,
    idle,
  }: { languageId: string; before: readonly string[]; ranges: Ranges; idle: ReadonlySet<string> },
  intent: Intent,
): Losses {
  const isReplaced = (line: string) => [...wordsOf(line)].some(intent.replaces);
  // In a style sheet, replacing one property can make others of the same hunk useless.
  const isAllowed = ({ removed, added }: Hunk) =>
    (intent.stubs && added.some(isStub)) ||
    (languageId === "rust" && isPassedOn(removed, added)) ||
    (STYLE_SHEETS.has(languageId) && removed.some(isReplaced));
  const hunks = all.filter((hunk) => !isAllowed(hunk));
  const added = hunks.flatMap((hunk) => hunk.added);
  const [known, texts] = [wordsOf(added.join("\n")), new Set(added.map(normalizeSpace))];
  const locals = goneLocals(hunks, languageId, known);
  const isLost = (line: string) => {
    if (isReplaced(line) || idle.has(line)) return false;
    const words = new Set([...wordsOf(contentOf(line))].filter((word) => !locals.has(word)));
    if (!isCode(line) || texts.has(normalizeSpace(line)) || words.size === 0) return false;
    return shareOf(words, known) < KNOWN_SHARE;
  };
  const own = new Set(before.map((line) => line.trim()));
  const isMissed = (line: string) => isLost(line) || (isWordless(line) && !texts.has(normalizeSpace(line)));
  const elided = hunks.flatMap((hunk) => placeholdersIn(hunk, languageId, hunk.removed.some(isMissed), own));
  // If nothing replaces a line, the added lines must contain nearly all of its words.
  const isGone = (line: string) =>
    isCode(line) &&
    !texts.has(normalizeSpace(line)) &&
    !isReplaced(line) &&
    !idle.has(line) &&
    shareOf(wordsOf(contentOf(line)), known) < SAME_LINE;
  const lines = intent.mayRemoveLines
    ? []
    : ranges.flatMap((range) => {
        const all = lostIn(range, hunks, before, { isLost, isGone, idle }, intent);
        if (all.length > 0 || before.slice(range.first, range.last + 1).filter(isCode).length <= SHARE_OF) return all;
        // In a long range, the share is small even if one part loses most of its lines. So each part is checked, too.
        return partsOf(range, hunks).flatMap((part) => lostIn(part, hunks, before, { isLost, isGone, idle }, intent));
      });
  return { lines, elided: [...new Set(elided.map(normalizeSpace))] };
}

/** How many lines around a hunk belong to its part of the range. */
const NEAR = 3;

/** The changed parts of a range. */
const partsOf = ({ first, last }: Ranges[number], hunks: readonly Hunk[]) =>
  hunks
    .filter((hunk) => hunk.removed.length > 0 && hunk.first >= first && hunk.first <= last)
    .map((hunk) => ({ first: hunk.first - NEAR, last: hunk.first + hunk.removed.length - 1 + NEAR }))
    .map((part) => ({ first: Math.max(first, part.first), last: Math.min(last, part.last) }));

const BRANCH = /^\s*(?:\}\s*)?(?:else|elif|elsif|elseif|except|catch|rescue|finally|ensure|default)\b/;

/** Heads of blocks that can replace a branch. */
const BLOCK_HEAD = /^\s*(?:async\s+)?(?:(?:with|using|defer|if|unless|switch|match|when|case)\b|try\s*\()/;
const CALL = /^\s*(?:await\s+)?[\w$.]+\(/;

/** Languages in which an assignment sets a variable, not a key. */
const CODE = new Set(
  "typescript typescriptreact javascript javascriptreact python go rust java c cpp csharp php ruby kotlin swift lua scala dart r".split(
    " ",
  ),
);

const isMarkup = (line: string) => /^\s*<\/?[A-Za-z]/.test(line);

/** A line of markup without the names of tags and attributes, which many elements share. Other lines stay the same. */
const contentOf = (line: string) =>
  isMarkup(line) ? line.replace(/<\/?[A-Za-z][\w:.-]*|[\w:@.-]+(?==["'{])/g, " ") : line;

/** The lost lines of one range, if they are more than a small share. */
function lostIn(
  { first, last }: Ranges[number],
  hunks: readonly Hunk[],
  before: readonly string[],
  {
    isLost,
    isGone,
    idle,
  }: { isLost: (line: string) => boolean; isGone: (line: string) => boolean; idle: ReadonlySet<string> },
  { shorter, nothing, names }: Intent,
): string[] {
  const code = before.slice(first, last + 1).filter(isCode).length;
  const within = hunks.filter((hunk) => hunk.first >= first && hunk.first <= last + 1);
  const wholeFile = first === 0 && before.slice(last + 1).every(isBlank);
  const gone = within.filter(({ added }) => !added.some(isCode)).flatMap(({ removed }) => removed.filter(isLost));
  const share = (of: number) => of * Math.min(Math.max(code, 1), SHARE_OF);
  // A removed line is a stronger sign of loss than a rewritten one, so fewer are enough.
  if (nothing && (gone.length >= FEWEST_GONE - 1 || (wholeFile && isEndLost(within, before, isLost)))) return gone;
  if (!shorter && gone.length >= FEWEST_GONE && gone.length > share(SMALL_SHARE / 2)) return gone;
  const removals = shorter ? [] : within.filter(({ added }) => !added.some(isCode));
  const emptied = removals.flatMap((hunk) => (isWholeBlock(hunk, before) ? hunk.removed.filter(isGone) : []));
  if (emptied.length > 0) return emptied;
  const unreplaced = removals.flatMap(({ removed }) => removed.filter(isGone));
  if (unreplaced.length >= FEWEST_LINES && unreplaced.length > share(UNREPLACED_SHARE)) return unreplaced;
  const areErrors = ERROR_WORDS.some(names);
  const inBranches = shorter ? [] : within.flatMap((hunk) => branchesLost(hunk, within, isLost, areErrors));
  if (inBranches.length > 0) return inBranches;
  const end = before.slice(0, last + 1).findLastIndex(isCode);
  const cutOff = shorter ? [] : within.flatMap((hunk) => cutOffIn(hunk, end, within)).filter((line) => !idle.has(line));
  if (cutOff.length >= FEWEST_LINES) return cutOff;
  const unchecked = [...within.flatMap(errorsDropped), ...(shorter || areErrors ? [] : handlersLost(within, isLost))];
  if (unchecked.length > 0) return unchecked;
  const lines = within.flatMap(({ removed, added }) => {
    const [lost, gained] = [removed.filter(isLost), added.filter(isCode)];
    // If shorter code is wanted, fewer lines are no loss. Only lines without a replacement are lost.
    if (shorter) return gained.length === 0 ? lost : [];
    if (lost.length === 0) return [];
    if (gained.length === 0) return removed.filter((line) => isLost(line) || isWordless(line));
    // An added line that is a rewritten element or item replaces that one, and no lost line.
    const kept = removed.filter((line) => isCode(line) && !isLost(line));
    const again = removed.every(isMarkup)
      ? kept.length
      : isFlat([...removed, ...added])
        ? rewrittenIn(gained, kept)
        : 0;
    return lost.slice(Math.max(0, gained.length - again));
  });
  const [most, few] = shorter ? [2 * SMALL_SHARE, FEWEST_LINES + 1] : [SMALL_SHARE, FEWEST_LINES];
  return lines.length >= few && lines.length > share(most) ? lines : [];
}

const ASSIGNED = /^\s*(?:(?:const|let|var|val|auto|my|local|final)\s+)?(?:mut\s+)?(\$?[\w$]+)\s*(?::[^=]+)?:?=(?!=)/;
const TYPED = /^\s*[\w<>[\],]+\s+(\w+)\s*=(?!=)/;
const ARROWED = /^\s*([\w.]+)\s*<<?-/;
const RANGED = /\bfor\s+(?:\w+\s*,\s*)?(\w+)\s*:=\s*range\b/;
const EMPTY = /^\s*var\s+(\w+)\s+[\w.]+$/;
const LOOPED = /\bfor(?:each)?\b\s*\(?(?:(?:const|let|var|auto|final)\s+)?(?:[\w<>]+\s+)?(\$?\w+)\s*(?:in\b|of\b|:)/;
const BLOCK = /\|\s*(\w+)\s*\|/;

/** Variables that only the removed lines have, in lower case. A line that lacks only these names is not lost. */
export function goneLocals(hunks: readonly Hunk[], languageId: string, known: ReadonlySet<string>): Set<string> {
  if (!CODE.has(languageId)) return new Set();
  const removed = hunks.flatMap((hunk) => hunk.removed);
  const names = removed.flatMap((line) =>
    (languageId === "r" ? [ARROWED, LOOPED] : [ASSIGNED, TYPED, LOOPED, BLOCK, RANGED, EMPTY]).flatMap(
      (form) => form.exec(line)?.[1]?.toLowerCase() ?? [],
    ),
  );
  return new Set(names.filter((name) => !known.has(name)));
}

const OPENS = /[{([]$|(?<!\bcase .*):$|\b(?:do|then)$/;

/** Whether a hunk removes the whole content of a block whose head stays. */
function isWholeBlock({ first, removed }: Hunk, before: readonly string[]): boolean {
  const [head, end] = [
    before.slice(0, first).findLast((line) => !isBlank(line)),
    before.slice(first + removed.length).find((line) => !isBlank(line)),
  ];
  if (head === undefined || !OPENS.test(head.trim())) return false;
  const depth = indentationOf(head).length;
  const isInside = (line: string) => isBlank(line) || indentationOf(line).length > depth;
  return removed.some(isCode) && removed.every(isInside) && (end === undefined || !isInside(end));
}

/** Whether code consists of keywords alone, such as `() => true,`. */
const isWordless = (line: string) => isCode(line) && wordsOf(line).size === 0;

/** The lost lines of a branch that nothing replaces, however short the branch is. */
function branchesLost(
  { removed, added }: Hunk,
  within: readonly Hunk[],
  isLost: (line: string) => boolean,
  areErrors: boolean,
): string[] {
  const at = removed.findIndex((line) => BRANCH.test(line));
  if (at < 0 || added.some((line) => BRANCH.test(line))) return [];
  const [above, gained] = [removed.slice(0, at), added].map((lines) => lines.filter(isCode));
  const isAnotherWay = within.some((hunk) => hunk.added.some((line) => BLOCK_HEAD.test(line)));
  if (isAnotherWay || rewrittenIn(gained!, above!) < gained!.length) return [];
  const known = wordsOf(added.join("\n"));
  // A call is lost if its function is gone, even if its arguments are still there.
  const isCall = (line: string) => CALL.test(line) && [...wordsOf(line)].slice(0, 1).some((word) => !known.has(word));
  const lost = removed.slice(at).filter((line) => isLost(line) || isCall(line));
  // A handler that only raises again does nothing, and what is asked of errors is about it.
  const isNothing = (line: string) => HANDLES.test(line) || RAISES.test(line);
  return HANDLES.test(removed[at]!) && (areErrors || lost.every(isNothing)) ? [] : lost;
}

const ARM = /^\s*(?:Ok|Err|Some|None)\b.*=>/;
const PASSES = /\?(?=[;.,)\s]|$)|\blet\b.*\belse\b|\.(?:unwrap_or\w*|map\w*|and_then|ok_or\w*)\(/;

/** Rust: whether a `match` on a Result or Option becomes an operator or a method, such as `?` or `unwrap_or`. */
const isPassedOn = (removed: readonly string[], added: readonly string[]) =>
  added.some((line) => PASSES.test(line)) &&
  removed.every((line) => !isCode(line) || ARM.test(line) || /\bmatch\b.*\{\s*$/.test(line));

const CHECKED = /\bif\b.*\berr\w*\s*!=\s*nil\b/i;
const DROPPED = /(?:^|,)\s*_\s*:?=(?!=)/;

/** Go: removed checks of errors that the new code ignores, as in `b, _ := read()`. */
function errorsDropped({ removed, added }: Hunk): string[] {
  const isDropped = added.some((line) => DROPPED.test(line)) && !removed.some((line) => DROPPED.test(line));
  return isDropped && !added.some((line) => CHECKED.test(line)) ? removed.filter((line) => CHECKED.test(line)) : [];
}

/** Whether all lines have one depth, and none begins or ends a block. */
function isFlat(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => !isBlank(line));
  const depths = new Set(filled.map(indentationOf));
  return depths.size === 1 && !filled.some((line) => /[{}:]$|^\s*(?:return|end)\b/.test(line.trimEnd()));
}

/** How many lines are rewritten forms of `others`. They replace no lost line. 0 if there are too many to compare. */
function rewrittenIn(lines: readonly string[], others: readonly string[]): number {
  if (lines.length * others.length > MOST_PAIRS) return 0;
  const words = others.map(wordsOf);
  return lines.map(wordsOf).filter((own) => words.some((other) => similarity(own, other) >= KNOWN_SHARE)).length;
}

/** The last lines of a range that ends at line `end`, if the reply repeats the range's beginning and then stops. */
function cutOffIn(hunk: Hunk, end: number, within: readonly Hunk[]): string[] {
  const { first, removed, added } = hunk;
  if (!reaches(hunk, end)) return [];
  const code = removed.slice(0, end - first + 1).filter(isCode);
  const gained = added.filter(isCode);
  // The repeated lines may differ a little.
  if (gained.some((line, i) => similarity(wordsOf(line), wordsOf(code[i] ?? "")) < SAME_LINE)) return [];
  const moved = new Set(within.flatMap((hunk) => hunk.added.map(normalizeSpace)));
  return code.slice(gained.length).filter((line) => !isWordless(line) && !moved.has(normalizeSpace(line)));
}

/** Whether the reply stops before the end of the file. */
function isEndLost(hunks: readonly Hunk[], before: readonly string[], isLost: (line: string) => boolean): boolean {
  const end = before.findLastIndex(isCode);
  return isLost(before[end]!) && hunks.some((hunk) => reaches(hunk, end) && !hunk.added.some(isCode));
}

/** Whether a hunk removes this old line, 0-based. */
const reaches = ({ first, removed }: Hunk, line: number) => first <= line && line < first + removed.length;

/** Added lines in place of omitted code. `lost`: that code is nowhere else. `own`: the trimmed lines of the file. */
function placeholdersIn(
  { removed, added }: Hunk,
  languageId: string,
  lost: boolean,
  own: ReadonlySet<string>,
): string[] {
  if (!removed.some(isCode)) return [];
  const found = elisionsIn(added, removed, languageId);
  const isElided = (line: string, i: number) =>
    (found.has(i) && (lost || DOTS.test(line))) || (lost && (TODO.test(line) || BEHIND_END.test(line)));
  return added.filter((line, i) => !own.has(line.trim()) && isElided(line, i));
}

/** Code that stands for missing code. */
const TODO =
  /^\s*(?:pass\s*(?:#.*)?$|(?:todo|unimplemented)!\(|raise NotImplementedError\b|throw new (?:Error|NotImplementedException|UnsupportedOperationException)\((?:["'](?:not (?:yet )?implemented|todo)|\)))/i;

/** Whether a line stands for a body: one of `TODO`, or Python's `...`. */
const isStub = (line: string) => TODO.test(line) || /^\s*(?:.*:\s+)?\.\.\.$/.test(line);

const DOTS = /\.{3}|…/;

/** Dots in a comment behind the end of a block. */
const BEHIND_END = /^\s*[)\]}]+[;,]?\s*(?:\/\/|\/\*|#)\s*(?:\.{3}|…)\s*\S/;
