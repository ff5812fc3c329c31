/** Finds the sentences that a text loses. */
import { isFence } from "../text/fences.ts";
import { inOneLine, isBlank } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";
import type { Intent } from "./intent.ts";

const MARKUP = /^\s*(?:[|#>!<]|\\(?:begin|end|\w*section|chapter|label|documentclass|usepackage)\b|%|={2,}|-{3,})/;
/** The languages of texts, each with the lines that hold no sentences. */
const LINES: Record<string, RegExp> = {
  // parts.ts compares the items of lists.
  markdown: /^\s*(?:[|#!<]|(?:[-*+]|\d+[.)])\s|-{3,}|={2,})/,
  mdx: /^\s*(?:[|#!<]|(?:[-*+]|\d+[.)])\s|-{3,}|={2,}|import\b|export\b)/,
  plaintext: /^$/,
  latex: MARKUP,
  tex: MARKUP,
  asciidoc: /^\s*(?:[|=:[]|\/\/)/,
  restructuredtext: /^\s*(?:[=~^"-]{3,}|\.\.)/,
};
const NONE = /^$/;
/** The end of a sentence. In scripts without spaces, no space follows it. */
const END = /(?<=[.!?…]["'”’)*_]{0,5})\s+(?=["'“‘(*_[`]*[\p{Lu}\p{N}\p{Lo}`[])|(?<=[。！？])/u;
/** A sentence is still there if the new text has this share of its words. */
const STILL_SAID = 0.5;
/** From this similarity on, a sentence counts as rewritten. */
const REWRITTEN = 0.3;
/** How many letters of a word are compared: inflection changes its end. */
const STEM = 4;
const FEWEST_WORDS = 3;
/** New sentences replace lost ones if they have at least this share of their length. */
const SAID_ANEW = 0.5;
/** Maximum number of pairs that are compared, and length of a shown sentence, characters. */
const MOST_PAIRS = 40_000;
const LONGEST = 60;

/** The lost sentences, shortened. */
export function lostSentences(hunks: readonly Hunk[], languageId: string, intent: Intent): string[] {
  const none = Object.hasOwn(LINES, languageId) ? LINES[languageId]! : undefined;
  const isAllowed = (intent.mayRemoveLines && !intent.reshapes && !intent.merges) || intent.shorter;
  if (!none || isAllowed) return [];
  const removed = hunks.map((hunk) => hunk.removed);
  const old = sentencesIn(removed, none);
  // A sentence may become a list item or a table row.
  const fresh = sentencesIn(
    hunks.map(({ added }) => added),
    NONE,
  );
  // Many good edits lose one sentence. Without an instruction, none may go.
  if (old.length < (intent.nothing ? 1 : 2) || old.length * fresh.length > MOST_PAIRS) return [];
  const said = new Set(fresh.flatMap(({ stems }) => [...stems]));
  const rows = sentencesIn(
    removed.flatMap((lines) => lines.filter((line) => none.test(line)).map((line) => [line])),
    NONE,
  );
  const left = fresh.filter(({ stems }) => !rows.some((row) => similarity(stems, row.stems) >= REWRITTEN));
  const gone = old.filter(({ stems }) => {
    if (stems.size < FEWEST_WORDS) return false;
    const at = left.findIndex((other) => similarity(stems, other.stems) >= REWRITTEN);
    if (at >= 0) left.splice(at, 1);
    return at < 0 && shareOf(stems, said) < STILL_SAID;
  });
  const length = (sentences: readonly Sentence[]) => sentences.reduce((sum, { text }) => sum + text.length, 0);
  if (length(left) >= SAID_ANEW * length(gone)) return [];
  return gone.filter(({ stems }) => !intent.mayRemoveAny(stems)).map(({ text }) => inOneLine(text, LONGEST));
}

type Sentence = { text: string; stems: ReadonlySet<string> };

/** The sentences of all parts. A paragraph ends at a blank line, a fence, or a line that matches `none`. */
function sentencesIn(parts: readonly (readonly string[])[], none: RegExp): Sentence[] {
  return parts.flatMap((lines) => {
    const paragraphs = [""];
    let inFence = false;
    for (const line of lines) {
      if (isFence(line)) inFence = !inFence;
      if (inFence || isFence(line) || isBlank(line) || none.test(line)) paragraphs.push("");
      else paragraphs[paragraphs.length - 1] += ` ${line.trim()}`;
    }
    return paragraphs
      .flatMap((paragraph) => paragraph.trim().split(END))
      .filter((text) => text !== "")
      .map((text) => ({ text, stems: new Set([...wordsOf(text)].map((word) => word.slice(0, STEM))) }));
  });
}
