/** Finds the lines that a change loses or omits: those that are neither there nor rewritten. */
import { STYLE_SHEETS } from "../code/declarations.ts";
import { elisionsIn } from "../code/elisions.ts";
import { indentationOf } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { isCode, shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { bare, type Hunk } from "./hunks.ts";

/** From this similarity on, a line counts as rewritten. */
const KNOWN_SHARE = 0.5;
/** From this similarity on, a line is the same with a small change. */
const SAME_LINE = 0.8;
/** The share of the code that may be lost without a warning, and the number of lines that the share is taken of at most. */
const SMALL_SHARE = 0.3;
const SHARE_OF = 30;
/** The same of lines without anything in their place. */
const UNREPLACED_SHARE = 0.2;
/** Many good edits lose one line. */
const FEWEST_LINES = 2;
const FEWEST_GONE = 4;
/** Pairs of lines that are compared word by word. */
const MOST_PAIRS = 40_000;

/** `lines`: the lost lines, if they are more than a few. `elided`: lines in place of omitted code. */
export type Losses = { lines: string[]; elided: string[] };
type Ranges = readonly { first: number; last: number }[];

/** `ranges`: see Change. */
export function lossesOf(
  all: readonly Hunk[],
  { languageId, before, ranges }: { languageId: string; before: readonly string[]; ranges: Ranges },
  asked: Asked,
): Losses {
  const isReplaced = (line: string) => [...wordsOf(line)].some(asked.replaces);
  // In a style sheet, other properties go along with what is replaced.
  const isLet = ({ removed, added }: Hunk) =>
    (asked.stubs && added.some(isStub)) ||
    (languageId === "rust" && isPassedOn(removed, added)) ||
    (STYLE_SHEETS.has(languageId) && removed.some(isReplaced));
  const hunks = all.filter((hunk) => !isLet(hunk));
  const added = hunks.flatMap((hunk) => hunk.added);
  const [known, texts] = [wordsOf(added.join("\n")), new Set(added.map(bare))];
  const locals = goneLocals(hunks, languageId, known);
  const isLost = (line: string) => {
    if (isReplaced(line)) return false;
    const words = new Set([...wordsOf(saidIn(line))].filter((word) => !locals.has(word)));
    if (!isCode(line) || texts.has(bare(line)) || words.size === 0) return false;
    return shareOf(words, known) < KNOWN_SHARE;
  };
  const own = new Set(before.map((line) => line.trim()));
  const isMissed = (line: string) => isLost(line) || (isWordless(line) && !texts.has(bare(line)));
  const elided = hunks.flatMap((hunk) => standIns(hunk, languageId, hunk.removed.some(isMissed), own));
  // Without anything in its place, a line must be said elsewhere nearly as it was.
  const isGone = (line: string) =>
    isCode(line) && !texts.has(bare(line)) && !isReplaced(line) && shareOf(wordsOf(saidIn(line)), known) < SAME_LINE;
  const lines = asked.letsLines
    ? []
    : ranges.flatMap((range) => {
        const all = lostIn(range, hunks, before, { isLost, isGone }, asked);
        if (all.length > 0 || before.slice(range.first, range.last + 1).filter(isCode).length <= SHARE_OF) return all;
        // In a long text, little is lost in all where a part loses most of itself.
        return partsOf(range, hunks).flatMap((part) => lostIn(part, hunks, before, { isLost, isGone }, asked));
      });
  return { lines, elided: [...new Set(elided.map(bare))] };
}

/** How far around a change its part of the text goes, lines. */
const NEAR = 3;

/** The changed parts of a range. */
const partsOf = ({ first, last }: Ranges[number], hunks: readonly Hunk[]) =>
  hunks
    .filter((hunk) => hunk.removed.length > 0 && hunk.first >= first && hunk.first <= last)
    .map((hunk) => ({ first: hunk.first - NEAR, last: hunk.first + hunk.removed.length - 1 + NEAR }))
    .map((part) => ({ first: Math.max(first, part.first), last: Math.min(last, part.last) }));

const BRANCH = /^\s*(?:\}\s*)?(?:else|elif|elsif|elseif|except|catch|rescue|finally|ensure|default)\b/;

/** Then a branch may be said in another way. */
const BLOCK_HEAD = /^\s*(?:async\s+)?(?:(?:with|using|defer|if|unless|switch|match|when|case)\b|try\s*\()/;
const CALL = /^\s*(?:await\s+)?[\w$.]+\(/;

/** Languages in which what is assigned is a variable, and no key. */
const CODE = new Set(
  "typescript typescriptreact javascript javascriptreact python go rust java c cpp csharp php ruby kotlin swift lua scala dart r".split(
    " ",
  ),
);

const isMarkup = (line: string) => /^\s*<\/?[A-Za-z]/.test(line);

/** The text of markup: all elements have the same words in their tags. */
const saidIn = (line: string) =>
  isMarkup(line) ? line.replace(/<\/?[A-Za-z][\w:.-]*|[\w:@.-]+(?==["'{])/g, " ") : line;

/** The lost lines of one range, if they are more than a small share. */
function lostIn(
  { first, last }: Ranges[number],
  hunks: readonly Hunk[],
  before: readonly string[],
  { isLost, isGone }: { isLost: (line: string) => boolean; isGone: (line: string) => boolean },
  { shorter, nothing, names }: Asked,
): string[] {
  const code = before.slice(first, last + 1).filter(isCode).length;
  const within = hunks.filter((hunk) => hunk.first >= first && hunk.first <= last + 1);
  const wholeFile = first === 0 && before.slice(last + 1).every(isBlank);
  const gone = within.filter(({ added }) => !added.some(isCode)).flatMap(({ removed }) => removed.filter(isLost));
  const share = (of: number) => of * Math.min(Math.max(code, 1), SHARE_OF);
  // Removed lines say more than rewritten ones.
  if (nothing && (gone.length >= FEWEST_GONE - 1 || (wholeFile && endsLost(within, before, isLost)))) return gone;
  if (!shorter && gone.length >= FEWEST_GONE && gone.length > share(SMALL_SHARE / 2)) return gone;
  const bare = shorter ? [] : within.filter(({ added }) => !added.some(isCode));
  const emptied = bare.flatMap((hunk) => (isWholeBlock(hunk, before) ? hunk.removed.filter(isGone) : []));
  if (emptied.length > 0) return emptied;
  const unreplaced = bare.flatMap(({ removed }) => removed.filter(isGone));
  if (unreplaced.length >= FEWEST_LINES && unreplaced.length > share(UNREPLACED_SHARE)) return unreplaced;
  const areErrors = ERROR_WORDS.some(names);
  const inBranches = shorter ? [] : within.flatMap((hunk) => branchesLost(hunk, within, isLost, areErrors));
  if (inBranches.length > 0) return inBranches;
  const end = before.slice(0, last + 1).findLastIndex(isCode);
  const cutOff = shorter ? [] : within.flatMap((hunk) => cutOffIn(hunk, end, within));
  if (cutOff.length >= FEWEST_LINES) return cutOff;
  const unchecked = [...within.flatMap(errorsDropped), ...(shorter || areErrors ? [] : handlersLost(within, isLost))];
  if (unchecked.length > 0) return unchecked;
  const lines = within.flatMap(({ removed, added }) => {
    const [lost, come] = [removed.filter(isLost), added.filter(isCode)];
    // Shorter code has fewer lines. Lines without a replacement are lost.
    if (shorter) return come.length === 0 ? lost : [];
    if (lost.length === 0) return [];
    if (come.length === 0) return removed.filter((line) => isLost(line) || isWordless(line));
    // Each rewritten element takes a line. So do the lines of a list.
    const kept = removed.filter((line) => isCode(line) && !isLost(line));
    const again = removed.every(isMarkup) ? kept.length : isFlat([...removed, ...added]) ? rewrittenIn(come, kept) : 0;
    return lost.slice(Math.max(0, come.length - again));
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

/** Variables that only lines have that go: that they are no longer used says nothing. */
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

/** Whether it removes all that is in a block which stays. */
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

/** Code that only has words of the language, such as `() => true,`. */
const isWordless = (line: string) => isCode(line) && wordsOf(line).size === 0;

/** The lines of a branch that has nothing in its place, however short it is. */
function branchesLost(
  { removed, added }: Hunk,
  within: readonly Hunk[],
  isLost: (line: string) => boolean,
  areErrors: boolean,
): string[] {
  const at = removed.findIndex((line) => BRANCH.test(line));
  if (at < 0 || added.some((line) => BRANCH.test(line))) return [];
  const [above, come] = [removed.slice(0, at), added].map((lines) => lines.filter(isCode));
  const isAnotherWay = within.some((hunk) => hunk.added.some((line) => BLOCK_HEAD.test(line)));
  if (isAnotherWay || rewrittenIn(come!, above!) < come!.length) return [];
  const known = wordsOf(added.join("\n"));
  // What it calls says more than what it calls that with.
  const isCall = (line: string) => CALL.test(line) && [...wordsOf(line)].slice(0, 1).some((word) => !known.has(word));
  const lost = removed.slice(at).filter((line) => isLost(line) || isCall(line));
  // A handler that only raises again does nothing, and what is asked of errors is about it.
  const isNothing = (line: string) => HANDLES.test(line) || RAISES.test(line);
  return HANDLES.test(removed[at]!) && (areErrors || lost.every(isNothing)) ? [] : lost;
}

const HANDLES = /^\s*(?:\}\s*)?(?:except|catch|rescue)\b/;
const HANDLES_ELSE =
  /\b(?:try|with|using|defer|suppress|runCatching|Try|recover\w*|rescue|ensure|finally|onFailure|onError|catch\w*|Result)\b|\.catch\(/;
const RAISES = /^\s*(?:raise|throw)(?:\s+\w+)?;?\s*$/;
/** What an instruction about errors calls them. */
const ERROR_WORDS = [
  ..."errors exception exceptions except catch try rescue handler handling propagate raise throw".split(" "),
  ..."fehler ausnahme ausnahmen erreur erreurs exceptions error errores excepción excepciones errore errori".split(" "),
  ..."エラー 例外".split(" "),
];

/** The handlers of errors, where none is left and what they are for is still done. Raising again what came is no handling. */
function handlersLost(hunks: readonly Hunk[], isLost: (line: string) => boolean): string[] {
  const [removed, added] = [hunks.flatMap((hunk) => hunk.removed), hunks.flatMap((hunk) => hunk.added)];
  if (!removed.some((line) => /\btry\b|\bbegin\b/.test(line)) || added.some((line) => HANDLES_ELSE.test(line)))
    return [];
  return hunks.flatMap((hunk) => {
    const at = hunk.removed.findIndex((line) => HANDLES.test(line));
    const handled = at < 0 ? [] : hunk.removed.slice(at + 1).filter((line) => isCode(line) && !HANDLES.test(line));
    const lost = handled.filter((line) => isLost(line) && !RAISES.test(line));
    return lost.length > 0 ? [hunk.removed[at]!, ...lost] : [];
  });
}

const ARM = /^\s*(?:Ok|Err|Some|None)\b.*=>/;
const PASSES = /\?(?=[;.,)\s]|$)|\blet\b.*\belse\b|\.(?:unwrap_or\w*|map\w*|and_then|ok_or\w*)\(/;

/** Rust: a match of what can fail, and an operator or a method in its place. */
const isPassedOn = (removed: readonly string[], added: readonly string[]) =>
  added.some((line) => PASSES.test(line)) &&
  removed.every((line) => !isCode(line) || ARM.test(line) || /\bmatch\b.*\{\s*$/.test(line));

const CHECKED = /\bif\b.*\berr\w*\s*!=\s*nil\b/i;
const DROPPED = /(?:^|,)\s*_\s*:?=(?!=)/;

/** Go: checks of errors that are dropped instead, `b, _ := read()`. */
function errorsDropped({ removed, added }: Hunk): string[] {
  const isDropped = added.some((line) => DROPPED.test(line)) && !removed.some((line) => DROPPED.test(line));
  return isDropped && !added.some((line) => CHECKED.test(line)) ? removed.filter((line) => CHECKED.test(line)) : [];
}

/** Lines of one depth, none of which begins or ends a block. */
function isFlat(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => !isBlank(line));
  const depths = new Set(filled.map(indentationOf));
  return depths.size === 1 && !filled.some((line) => /[{}:]$|^\s*(?:return|end)\b/.test(line.trimEnd()));
}

/** How many lines are one of the others, written in another way: they take the place of no line that is lost. */
function rewrittenIn(lines: readonly string[], others: readonly string[]): number {
  if (lines.length * others.length > MOST_PAIRS) return 0;
  const words = others.map(wordsOf);
  return lines.map(wordsOf).filter((own) => words.some((other) => similarity(own, other) >= KNOWN_SHARE)).length;
}

/** The last lines of a range that ends at `end`, of which the answer only has what is above them. */
function cutOffIn(hunk: Hunk, end: number, within: readonly Hunk[]): string[] {
  const { first, removed, added } = hunk;
  if (!reaches(hunk, end)) return [];
  const code = removed.slice(0, end - first + 1).filter(isCode);
  const come = added.filter(isCode);
  // The first of them may be changed a little.
  if (come.some((line, i) => similarity(wordsOf(line), wordsOf(code[i] ?? "")) < SAME_LINE)) return [];
  const moved = new Set(within.flatMap((hunk) => hunk.added.map(bare)));
  return code.slice(come.length).filter((line) => !isWordless(line) && !moved.has(bare(line)));
}

/** An answer that stops before the end of the file. */
function endsLost(hunks: readonly Hunk[], before: readonly string[], isLost: (line: string) => boolean): boolean {
  const end = before.findLastIndex(isCode);
  return isLost(before[end]!) && hunks.some((hunk) => reaches(hunk, end) && !hunk.added.some(isCode));
}

/** Whether it removes this line. */
const reaches = ({ first, removed }: Hunk, line: number) => first <= line && line < first + removed.length;

/** Added lines in the place of code. `lost`: that code is nowhere else. */
function standIns({ removed, added }: Hunk, languageId: string, lost: boolean, own: ReadonlySet<string>): string[] {
  if (!removed.some(isCode)) return [];
  const found = elisionsIn(added, removed, languageId);
  const isElided = (line: string, i: number) =>
    (found.has(i) && (lost || DOTS.test(line))) || (lost && (TODO.test(line) || BEHIND_END.test(line)));
  return added.filter((line, i) => !own.has(line.trim()) && isElided(line, i));
}

/** Code that says that there is none. */
const TODO =
  /^\s*(?:pass\s*(?:#.*)?$|(?:todo|unimplemented)!\(|raise NotImplementedError\b|throw new (?:Error|NotImplementedException|UnsupportedOperationException)\((?:["'](?:not (?:yet )?implemented|todo)|\)))/i;

/** Such a line, or what a body of Python is where it has none. */
const isStub = (line: string) => TODO.test(line) || /^\s*(?:.*:\s+)?\.\.\.$/.test(line);

const DOTS = /\.{3}|…/;

/** Dots in a comment behind the end of a block. */
const BEHIND_END = /^\s*[)\]}]+[;,]?\s*(?:\/\/|\/\*|#)\s*(?:\.{3}|…)\s*\S/;
