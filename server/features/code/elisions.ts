/** Finds lines that stand for code that an answer omits: `// ... existing code ...`. */
import { diffArrays } from "diff";
import { indentationOf } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { FILLER_WORDS, KEY_PHRASE, KEYWORDS, ORDER, UNSPACED_KEYWORD } from "./elisionWords.ts";

/**
 * Maximum length of such a line, characters. A longer comment explains something. The limit also bounds the time for a
 * line.
 */
const MAX_CHARS = 120;
const MAX_UNSPACED_CHARS = 24;
/** Maximum number of removed and added lines. Beyond it, two texts have too little in common to match their lines. */
const MAX_CHANGES = 1000;
/** How many lines must be missing at a comment whose words alone do not decide. */
const MIN_LOST_LINES = 2;

const OPENERS = /^(?:pass\s+(?=#))?(?:\/\/+|#+|--+|;+|%+|\{\s*\/\*+|\/\*+|\*(?!\*)|<!--|"{3}|'{3}|\(\*)/;
const CLOSERS = /(?:\*+\/\s*\}?|-->|\*\)|"{3}|'{3})$/;
const DOTS = /^(?:\.{3,}|…)/;
const LAST_DOTS = /(?:\.{3,}|…)$/;
const BRACKETED = /^(?:\[.*\]|\(.*\)|<.*>|\{.*\})$/;
const BARE = /^(?:\.{3,}|…|[[({<]\s*(?:\.{3,}|…)\s*[\])}>])$/;

/** Text in brackets can be code: a tag, a list, an object. A sentence is not. */
const SENTENCE = /^[\p{L}\p{M}]+(?:[\s'’-]+[\p{L}\p{M}]+)+[.!]?$/u;

/**
 * `certain`: by its form. `likely`: by its words, unless nothing is missing there. `possible`: only if code is missing
 * there.
 */
type Elision = "certain" | "likely" | "possible" | undefined;

/** Whether a line stands for omitted code. `known`: the file's lines, trimmed. A comment of the file is no elision. */
export function isElision(line: string, languageId: string, known: ReadonlySet<string>): boolean {
  const kind = elisionOf(line, languageId, known);
  return kind === "certain" || kind === "likely";
}

/** The indices of lines that stand for lines of `before`, by their words and by what is missing there. */
export function elisionsIn(lines: readonly string[], before: readonly string[], languageId: string): Set<number> {
  const known = new Set(before.map((line) => line.trim()));
  const kinds = lines.map((line, i) =>
    standsBeside(lines, i, languageId) && !known.has("...") ? "certain" : elisionOf(line, languageId, known),
  );
  for (const [i, kind] of kinds.entries())
    if (kind !== "certain" && kind !== undefined && explainsNext(lines, i, languageId)) kinds[i] = undefined;
  const found = new Set(kinds.flatMap((kind, i) => (kind === "certain" || kind === "likely" ? [i] : [])));
  if (!kinds.some((kind) => kind === "likely" || kind === "possible")) return found;
  for (const { lost, added } of gapsOf(lines, before, languageId)) {
    const now = added.filter((i) => kinds[i] === undefined && !isComment(lines[i]!, languageId)).length;
    for (const i of added) {
      if (kinds[i] === "likely" && lost === 0) found.delete(i);
      if (kinds[i] !== "possible" || lost < now + MIN_LOST_LINES) continue;
      const ends = added.every((other) => other <= i || isComment(lines[other]!, languageId));
      const orders = ORDER.test(commentText(lines[i]!.trim(), languageId)?.trim() ?? "");
      if (ends || orders) found.add(i);
    }
  }
  return found;
}

/** Whether a comment is about the code below it: `// the rest` above `return rest;`. */
function explainsNext(lines: readonly string[], at: number, languageId: string): boolean {
  const next = lines.slice(at + 1).find((line) => !isBlank(line)) ?? "";
  if (isComment(next, languageId)) return false;
  const names = new Set(wordsIn(next));
  return wordsIn(lines[at]!).some((word) => KEYWORDS.has(word) && names.has(word));
}

/** Whether Python's `...` stands beside other code, for an omitted part. Alone, it is a whole body. */
function standsBeside(lines: readonly string[], at: number, languageId: string): boolean {
  if (languageId !== "python" || lines[at]!.trim() !== "...") return false;
  const depth = indentationOf(lines[at]!);
  const isCode = (line: string | undefined) =>
    line !== undefined && !isComment(line, languageId) && !/["']{3}$/.test(line);
  const above = lines.slice(0, at).findLast((line) => !isBlank(line));
  const below = lines.slice(at + 1).find((line) => !isBlank(line));
  return [above, below].some((line) => isCode(line) && indentationOf(line!) === depth && !/^\s*[@)\]}]/.test(line!));
}

function elisionOf(line: string, languageId: string, known: ReadonlySet<string>): Elision {
  const text = line.trim();
  if (text.length > MAX_CHARS || text === "" || known.has(text)) return undefined;
  // In Python three dots are also a body.
  if (BARE.test(text)) return languageId === "python" && text === "..." ? "possible" : "certain";
  const comment = commentText(text, languageId) ?? (BRACKETED.test(text) ? text : undefined);
  return comment === undefined ? undefined : kindOf(comment.trim());
}

/** The text of a comment on a line of its own. Undefined for other lines. */
function commentText(text: string, languageId: string): string | undefined {
  const opener = OPENERS.exec(text)?.[0];
  if (opener === undefined || (languageId === "markdown" && opener !== "<!--")) return undefined;
  return text.slice(opener.length).replace(CLOSERS, "");
}

const isComment = (line: string, languageId: string) =>
  commentText(line.trim().slice(0, MAX_CHARS), languageId) !== undefined;

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];

function kindOf(comment: string): Elision {
  const text = comment.replace(/^[-=~*_\s]+|[-=~*_\s]+$/g, "");
  const bracketed = BRACKETED.test(text);
  const inner = bracketed ? text.slice(1, -1).trim() : text;
  if (UNSPACED_KEYWORD.test(inner)) return inner.length <= MAX_UNSPACED_CHARS ? "likely" : "possible";
  const words = wordsIn(inner);
  const hasKeyword = words.some((word) => KEYWORDS.has(word)) || KEY_PHRASE.test(words.join(" "));
  const isFiller = words.every((word) => KEYWORDS.has(word) || FILLER_WORDS.has(word));
  const dots = DOTS.exec(inner)?.[0];
  if (dots !== undefined) {
    // `...args` is code that a comment mentions.
    const attached = /^[\p{L}_$]/u.test(inner.slice(dots.length));
    return isFiller || !attached ? "certain" : undefined;
  }
  if (hasKeyword && (bracketed || LAST_DOTS.test(inner))) return isFiller ? "certain" : "likely";
  if (hasKeyword && isFiller) return "likely";
  return hasKeyword || (bracketed && SENTENCE.test(inner) && !text.startsWith("<")) ? "possible" : undefined;
}

type Gap = { lost: number; added: number[] };

/** Where the lines differ from those before: how many lines of code are missing there, and which lines are new. */
function gapsOf(lines: readonly string[], before: readonly string[], languageId: string): Gap[] {
  const own = lines.flatMap((line, i) => (isBlank(line) ? [] : [i]));
  const old = before.filter((line) => !isBlank(line)).map((line) => line.trim());
  const changes = diffArrays(
    old,
    own.map((i) => lines[i]!.trim()),
    { maxEditLength: MAX_CHANGES },
  );
  const gaps: Gap[] = [];
  let open: Gap | undefined;
  let at = 0;
  for (const { removed, added, count, value } of changes ?? []) {
    if (!removed && !added) {
      open = undefined;
      at += count;
      continue;
    }
    if (!open) {
      open = { lost: 0, added: [] };
      gaps.push(open);
    }
    if (removed) open.lost += value.filter((line) => !isComment(line, languageId)).length;
    else {
      open.added.push(...own.slice(at, at + count));
      at += count;
    }
  }
  return gaps;
}
