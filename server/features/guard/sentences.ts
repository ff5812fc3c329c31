/** Finds the sentences that a text loses. */
import { isFence } from "../text/fences.ts";
import { inOneLine, isBlank } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import type { Hunk } from "./hunks.ts";

/** Languages of texts, and the lines in them that are none. */
const MARKUP = /^\s*(?:[|#>!<]|\\(?:begin|end|\w*section|chapter|label|documentclass|usepackage)\b|%|={2,}|-{3,})/;
const LINES: Record<string, RegExp> = {
  // The items of its lists are compared as such.
  markdown: /^\s*(?:[|#!<]|(?:[-*+]|\d+[.)])\s|-{3,}|={2,})/,
  mdx: /^\s*(?:[|#!<]|(?:[-*+]|\d+[.)])\s|-{3,}|={2,}|import\b|export\b)/,
  plaintext: /^$/,
  latex: MARKUP,
  tex: MARKUP,
  asciidoc: /^\s*(?:[|=:[]|\/\/)/,
  restructuredtext: /^\s*(?:[=~^"-]{3,}|\.\.)/,
};
const NONE = /^$/;
/** Scripts without spaces end sentences without them. */
const END = /(?<=[.!?…]["'”’)*_]{0,5})\s+(?=["'“‘(*_[`]*[\p{Lu}\p{N}\p{Lo}`[])|(?<=[。！？])/u;
/** From this share of its words on, a sentence is still said. */
const STILL_SAID = 0.5;
/** From this similarity on, it is written in another way. */
const REWRITTEN = 0.3;
/** The words of a grammar change at their ends. */
const STEM = 4;
const FEWEST_WORDS = 3;
/** New sentences that are so much shorter do not say what is gone in other words. */
const SAID_ANEW = 0.5;
/** Maximum number of pairs that are compared, and length of a shown sentence, characters. */
const MOST_PAIRS = 40_000;
const LONGEST = 60;

/** What they begin with. */
export function lostSentences(hunks: readonly Hunk[], languageId: string, asked: Asked): string[] {
  const none = Object.hasOwn(LINES, languageId) ? LINES[languageId]! : undefined;
  const isLet = (asked.letsLines && !asked.reshapes && !asked.merges) || asked.shorter;
  if (!none || isLet) return [];
  const removed = hunks.map((hunk) => hunk.removed);
  const old = sentencesIn(removed, none);
  // A sentence may become an item or a row.
  const fresh = sentencesIn(
    hunks.map(({ added }) => added),
    NONE,
  );
  // Many good edits lose one sentence. Code of an answer loses none.
  if (old.length < (asked.nothing ? 1 : 2) || old.length * fresh.length > MOST_PAIRS) return [];
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
  return gone.filter(({ stems }) => !asked.letsAny(stems)).map(({ text }) => inOneLine(text, LONGEST));
}

type Sentence = { text: string; stems: ReadonlySet<string> };

/** A paragraph ends at a blank line, and at a line that is none of it. */
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
