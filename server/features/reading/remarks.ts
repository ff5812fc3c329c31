/** Separates a model's remarks about its code from the code, by their form. In prose, by their words alone. */

import { isBlank, linesOf } from "../text/lines.ts";
import { isCode, isComment } from "../text/words.ts";

/** Languages whose files are prose. */
export const PROSE_LANGUAGES = new Set(["markdown", "mdx", "latex", "restructuredtext", "asciidoc"]);
/** Whether a language's files are prose, or may be. */
export const isProse = (languageId: string) =>
  PROSE_LANGUAGES.has(languageId) ||
  /^(?:plaintext|git-?commit|csv|tsv|log|feature|cucumber|rmd|quarto|org|typst|tex)$/.test(languageId);
/** Languages whose files hold text between code. */
const WITH_TEXT = /^(?:x?html|xml|vue|svelte|astro|php|erb|handlebars|jinja.*|blade|twig)$/;
/** A line that begins and ends like a sentence. */
export const SENTENCE = /^\p{Lu}[^{};=<>]*[.:!?]$/u;
const REMARK = /^[\p{L}*"'`(][^{};=]*$/u;
/** A heading of an answer. It has two signs at least: with one, it is a comment in many languages. */
const HEADING = /^(?:#{2,6}\s+\p{L}[^{};=()]*|\*\*[^*]+\*\*:?)$/u;
/** Signs of code: a call, a command in capitals, a command of PowerShell. */
export const CALL = /[\w\])]\(|->|::|^\W*(?:[A-Z]{2,}\b)|^[A-Z]\w*-[A-Z]/;
const INTRODUCES =
  /^(?:here|sure|certainly|of course|okay|ok|hier|gerne|aquí|claro|voici|bien sûr|ecco|certo|以下|はい)/i;
const LABEL =
  /^(?:#+\s+|\*\*|__)?(?:(?:key |main )?(?:notes?|explanations?|changes|remarks?)|changes made|what (?:i )?changed|hinweise?|anmerkung(?:en)?|erklärung(?:en)?|erläuterung(?:en)?|änderungen|remarques?|explications?|changements|modifications|notas?|explicación|cambios|nota|spiegazione|modifiche|説明|変更点|注)(?:(?:\*\*|__)?\s*[:：]|\*\*$|__$)/i;
const TRANSLATION = "translation|übersetzung|traduction|traducción|traduzione|翻訳|訳文";
/** Words for a text as a whole. */
const TEXT = `version|text|code|html|markup|component|template|paragraph|section|sentence|fassung|absatz|abschnitt|satz|texte|paragraphe|phrase|versión|texto|párrafo|versione|testo|paragrafo|frase|版|${TRANSLATION}`;
/** Beginnings of words that say what was done to a text. */
const CHANGED =
  "improv|updat|revis|correct|edited|rewrit|translat|verbesser|überarbeit|korrigier|übersetz|aktualisier|amélior|corrig|traduit|mejorad|corregid|actualizad|traducid|migliorat|corrett|aggiornat|tradott|改善|修正|更新|翻訳";
const TITLE = new RegExp(
  `^(?:#+\\s+|\\*\\*|__)(?:(?:${CHANGED})\\p{L}* (?:${TEXT})|${TRANSLATION})(?:[:：](?:\\*\\*|__)?|(?:\\*\\*|__)[:：])$`,
  "iu",
);
const NAMES_TEXT = [CHANGED, `(?:${TEXT})(?!\\p{L})`].map((words) => new RegExp(`(?<!\\p{L})(?:${words})`, "iu"));
/** A sentence in which the model says what it did to a text. */
const ABOUT =
  /\b(?:I(?:['’]ve| have)? (?:\w+ly )?(?:changed|fixed|added|removed|replaced|rewrote|made|updated|improved|corrected|kept|translated|simplified)|ich habe|j['’]ai|he (?=\p{L}+[aio]do)|ho (?=\p{L}+to))\b.*\b(?:lines?|words?|wording|text|sentences?|typos?|grammar|spelling|paragraphs?|version|zeilen?|wort|wörter|satz|sätze|tippfehler|absatz|lignes?|mots?|texte|phrases?|líneas?|palabras?|texto|frases?|rig[ah]e?|parol[ae]|testo|frasi)\b/iu;
const ITEM = /^[-*•] (?![\w-]+:)[^{};=<>]* [^{};=<>]*$/;

/** Whether a line is words, not code. */
function isProseLine(line: string): boolean {
  const text = line.trim();
  if (/^\s/.test(line) || CALL.test(text.replace(/`[^`]*`/g, ""))) return false;
  return SENTENCE.test(text)
    ? /\s/.test(text) || text.endsWith(":")
    : REMARK.test(text) && text.split(/\s+/).length >= 3 && /^\p{Lu}/u.test(text);
}

/** Whether a line of an answer without fences is a remark. */
export const isAside = (line: string) => isProseLine(line) || HEADING.test(line) || LABEL.test(line);

/** Whether a line introduces the text below it. */
export function introduces(line: string): boolean {
  const text = line.trim();
  return TITLE.test(text) || (INTRODUCES.test(text) && /[:：]$/.test(text));
}

/** What counts as a remark beside code. `opens`: a line that can begin one. `follows`: a line that can continue it. */
type Signs = Record<"isStatement" | "opens" | "follows", (line: string) => boolean> & { isText: boolean };

/** `own`: the selection's lines, which are never remarks; nor is a line of their form. */
function signsFor(languageId: string, own: readonly string[]): Signs {
  const isText = isProse(languageId) || own.some(isProseLine);
  // In some languages statements end like sentences.
  const isMixed = WITH_TEXT.test(languageId) || own.some((line) => /\w\)?\.$/.test(line) && !isComment(line));
  const hasLabels = own.some((line) => /^\p{Lu}[\w ]*:/u.test(line));
  const isStatement = (line: string) => !isText && !isMixed && isSentence(line) && !/^[\w-]+:/.test(line);
  const isLabelled = (line: string) => LABEL.test(line) && (isText ? ABOUT.test(line) : !hasLabels);
  const isAbout = (line: string) => !isText && ABOUT.test(line) && !isComment(line);
  const opens = (line: string) =>
    !own.includes(line.trim()) && (isAbout(line) || isLabelled(line) || isStatement(line));
  const follows = (line: string) => !own.includes(line.trim()) && (opens(line) || isProseLine(line) || ITEM.test(line));
  return { isText: isText || isMixed, isStatement, opens, follows };
}

/** The code without remarks that a blank line sets apart at its end, and without an introduction. */
export function withoutRemarksInside(lines: readonly string[], languageId: string, selected: string): string[] {
  const own = linesOf(selected).map((line) => line.trim());
  const signs = signsFor(languageId, own);
  const hasText = isProse(languageId) || own.some(isProseLine);
  let body = withoutIntroduction(lines, own, signs);
  for (let start = lastParagraph(body); start > 0; start = lastParagraph(body)) {
    const [first = "", ...more] = body.slice(start);
    const above = body.slice(0, start).filter((line) => !isBlank(line));
    const isList = !hasText && ITEM.test(first) && signs.follows(first) && !holdsList(above);
    if (!above.some(isCode) || !(signs.opens(first) || isList) || !more.every(signs.follows)) break;
    body = body.slice(0, body.slice(0, start).findLastIndex((line) => !isBlank(line)) + 1);
  }
  return body;
}

/** Whether list items below these lines can be part of the code. */
const holdsList = (above: readonly string[]) =>
  above.some((line) => /^[-*•] /.test(line)) || /:\s*$/.test(above.at(-1) ?? "");

/** Whether a line is a sentence of at least three words. */
const isSentence = (line: string) => isProseLine(line) && /^\S+ \S+ .*[\p{L}`)"][.!?]$/u.test(line.trim());

function withoutIntroduction(lines: readonly string[], own: readonly string[], signs: Signs): string[] {
  const at = lines.findIndex((line) => !isBlank(line));
  const [first = "", next = ""] = lines.slice(at).map((line) => line.trimEnd());
  const rest = lines.slice(at + 1);
  const start = rest.findIndex((line) => !isBlank(line));
  const named = introduces(first) && !/^\w+:$/.test(first.trim());
  const isNamed = named && (!signs.isText || NAMES_TEXT.every((words) => words.test(first)));
  // A deeper line belongs to the line above it.
  const isFormed = next === "" && /^\S/.test(rest[start] ?? "") && signs.isStatement(first.replace(/[:：]$/, "."));
  if (own.includes(first.trim()) || !(isNamed || isFormed) || !rest.some(isCode)) return [...lines];
  return rest.slice(start);
}

/** Where the last paragraph begins; at most 0 if there is only one. */
function lastParagraph(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) => !isBlank(line));
  return lines.slice(0, last + 1).findLastIndex(isBlank) + 1;
}
