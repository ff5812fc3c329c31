/** Finds the sections of documents, statements of SQL and targets of makefiles that a change loses or duplicates. */
import { fencedBlocks, isFence } from "../text/fences.ts";
import { inOneLine, isBlank, linesOf } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import { missingFrom } from "./counts.ts";
import type { Findings, Texts } from "./declared.ts";
import type { Intent } from "./intent.ts";

/** `words`: the words of the lines up to the next part. */
type Part = { name: string; words: ReadonlySet<string> };

const MARKDOWN = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/;
const LATEX = /^\s*\\(?:part|chapter|(?:sub)*section|paragraph)\*?\{(.*?)\}/;
const HEADS: Record<string, RegExp> = {
  markdown: MARKDOWN,
  mdx: MARKDOWN,
  latex: LATEX,
  tex: LATEX,
  asciidoc: /^={1,6}\s+(.+?)\s*$/,
  sql: /^\s*create\s+(?:\w+\s+){0,3}?(?:table|view|function|procedure|trigger|index|type|schema|sequence)\s+(?:if\s+not\s+exists\s+)?([\w."`[\]$]+)/i,
  // RUN, COPY and the like are left out: they may be joined.
  dockerfile: /^\s*(FROM|CMD|ENTRYPOINT|USER|WORKDIR|HEALTHCHECK|VOLUME|SHELL)\b/i,
  makefile: /^(?!\.PHONY)([^\s#:=][^#:=]*?)\s*::?(?!=)(?:\s|$)/,
};
const UNDERLINE = /^ {0,3}(?:=+|-{2,})\s*$/;

/** From this similarity on, a part counts as renamed, and as duplicated. */
const RENAMED = 0.4;
const SAME = 0.8;
/** From this share of its words on, the text of a part counts as still there. */
const STILL_SAID = 0.9;
const FEWEST_WORDS = 3;
/** Maximum length of a shown name, characters. */
const LONGEST_NAME = 40;

/** The lost and duplicated parts. Undefined for a language whose files have no such parts. */
export function partFindings({ languageId, before, after }: Texts, intent: Intent): Findings | undefined {
  const head = Object.hasOwn(HEADS, languageId) ? HEADS[languageId]! : undefined;
  if (!head) return undefined;
  const [old, fresh] = [partsOf(before, head), partsOf(after, head)];
  const lost = intent.shorter ? [] : lostOf(old, fresh, after, intent);
  const hasBlocks = head === MARKDOWN && lost.length === 0 && !intent.shorter;
  return {
    lost: hasBlocks ? [...lostBlocks(before, after, intent), ...lostEntries(before, after, intent)] : lost,
    doubled: doubledOf(old, fresh),
  };
}

/** Lost code blocks of a document, by their first lines. A new block in place of an old one counts as rewritten. */
function lostBlocks(before: readonly string[], after: readonly string[], intent: Intent): string[] {
  const [old, fresh] = [before, after].map((lines) => fencedBlocks(lines).filter(({ code }) => /\w/.test(code)));
  if (intent.mayRemoveLines || fresh!.length >= old!.length) return [];
  const there = new Set(after.map((line) => line.trim()));
  const gone = old!.filter(({ code }) => linesOf(code).some((line) => /\w/.test(line) && !there.has(line.trim())));
  const said = wordsOf(after.join("\n"));
  const lost = gone.filter(({ code }) => shareOf(wordsOf(code), said) < SAME);
  return lost.slice(0, old!.length - fresh!.length).map(({ code }) =>
    linesOf(code)
      .find((line) => /\w/.test(line))!
      .trim(),
  );
}

const ENTRY = /^\s*(?:(?:[-*+]|\d+[.)])\s+|\|(?!\s*:?-))(.*\p{L}.*|.*\d.*)$/u;

/** Lost list items and table rows, if some are left. Each new one that resembles a lost one replaces it. */
function lostEntries(before: readonly string[], after: readonly string[], intent: Intent): string[] {
  const [old, fresh] = [before, after].map((lines) =>
    lines.flatMap((line) => {
      const text = ENTRY.exec(line)?.[1];
      return text === undefined ? [] : { name: text, words: wordsOf(text) };
    }),
  );
  if (intent.mayRemoveLines || fresh!.length === 0 || fresh!.length >= old!.length) return [];
  const left = missingFrom(fresh!, old!, nameOf);
  const gone = missingFrom(old!, fresh!, nameOf).filter(({ words }) => {
    const at = left.findIndex((other) => similarity(words, other.words) >= RENAMED);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return gone.slice(0, old!.length - fresh!.length).map(({ name }) => inOneLine(name, LONGEST_NAME));
}

function partsOf(lines: readonly string[], head: RegExp): Part[] {
  const heads: { name: string; line: number }[] = [];
  let inFence = false;
  for (const [line, text] of lines.entries()) {
    if (head === MARKDOWN && isFence(text)) inFence = !inFence;
    if (inFence) continue;
    const underlined =
      head === MARKDOWN && /^\w/.test(text) && UNDERLINE.test(lines[line + 1] ?? "") && isBlank(lines[line - 1] ?? "");
    const name = underlined ? text.trim() : head.exec(text)?.[1];
    if (name) heads.push({ name, line });
  }
  return heads.map(({ name, line }, i) => ({
    name,
    words: wordsOf(lines.slice(line + 1, heads[i + 1]?.line).join("\n")),
  }));
}

function lostOf(old: readonly Part[], fresh: readonly Part[], after: readonly string[], intent: Intent): string[] {
  const [gone, gained] = [missingFrom(old, fresh, nameOf), missingFrom(fresh, old, nameOf)];
  // With as many new parts, the old ones are renamed.
  if (gone.length <= gained.length) return [];
  const said = wordsOf(after.join("\n"));
  const lost = gone.filter(({ name, words }) => {
    if (gained.some((other) => makes(other.name, name))) return false;
    if (intent.mayRemove(name) || (words.size >= FEWEST_WORDS && shareOf(words, said) >= STILL_SAID)) return false;
    const at = gained.findIndex((other) => similarity(words, other.words) >= RENAMED);
    if (at >= 0) gained.splice(at, 1);
    return at < 0;
  });
  return [...new Set(lost.map(({ name }) => name))];
}

const nameOf = ({ name }: Part) => name;

/** Whether a pattern rule of a makefile makes a target: `%.o`. */
function makes(pattern: string, target: string): boolean {
  const [before, after, ...more] = pattern.split("%");
  return after !== undefined && more.length === 0 && target.startsWith(before!) && target.endsWith(after);
}

/** Parts may share a heading. With the same text below, they are duplicates. */
function doubledOf(old: readonly Part[], fresh: readonly Part[]): string[] {
  const twins = (parts: readonly Part[]) =>
    parts.filter(
      ({ name, words }, i) =>
        words.size >= FEWEST_WORDS &&
        parts.slice(0, i).some((other) => other.name === name && similarity(words, other.words) >= SAME),
    );
  return [...new Set(missingFrom(twins(fresh), twins(old), nameOf).map(({ name }) => name))];
}
