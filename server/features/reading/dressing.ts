/** Removes what models put around code: thoughts, line numbers, names of files and languages. */

import { splitThought } from "../../nemotron/splitThought.ts";
import { extensionOf, fenceTag } from "../code/languages.ts";
import { withoutEndToken } from "../text/endToken.ts";
import { isFence } from "../text/fences.ts";
import { commonIndentation, indentationOf } from "../text/indentation.ts";
import { isBlank, linesOf } from "../text/lines.ts";

const USAGE =
  /^(?:#|\/\/|--)\s*(?:(?:example|sample)s?\b|usage\b|how to use|beispiel|verwendung|exemple|utilisation|ejemplo|uso\b|esempio|使用例|使い方)/i;
const ASKS_USAGE = /\b(?:example|sample|usage|demo|beispiel|verwendung|exemple|ejemplo|esempio)|例|使い方/i;

/** The code without examples of use below a declaration. */
export function withoutUsage(lines: readonly string[], selected: string, asked: string): string[] {
  const base = commonIndentation(lines);
  const at = lines.findIndex(
    (line, i) => i > 0 && isBlank(lines[i - 1]!) && indentationOf(line) === base && USAGE.test(line.trim()),
  );
  const stays = lines.slice(0, at).some((line) => !isBlank(line) && indentationOf(line).length > base.length);
  if (at < 0 || !stays || ASKS_USAGE.test(asked) || linesOf(selected).some((line) => USAGE.test(line.trim())))
    return [...lines];
  return lines.slice(0, lines.slice(0, at).findLastIndex((line) => !isBlank(line)) + 1);
}

const NUMBERED = /^\s*(\d+)(?:\s*[|│]\s?|:(?:\s|$)|\t)(.*)$/;
/** Line numbers in forms that mean a list in prose. */
const COUNTED = /^\s*(?:\[(?=\d+\]))?(\d+)(?:[.)\]](?: |$)| )(.*)$/;
/** A label or a key can have this form, but hardly on all lines with ascending numbers. */
const LETTERED = /^\s*L(\d+):(?: |$)(.*)$/;

/** The code without ascending line numbers, unless the old text had them. */
export function withoutNumbers(lines: readonly string[], selected: string, isProse: boolean): string[] {
  const forms = [NUMBERED, ...(lines.length < 2 ? [] : [LETTERED, ...(isProse ? [] : [COUNTED])])];
  const read = forms.map((form) => withoutNumbersLike(form, lines, selected));
  return read.find((some) => some.some((line, i) => line !== lines[i])) ?? [...lines];
}

function withoutNumbersLike(numbered: RegExp, lines: readonly string[], selected: string): string[] {
  const all = [...lines];
  const filled = all.filter((line) => !isBlank(line));
  const numbers = filled.map((line) => Number(numbered.exec(line)?.[1] ?? Number.NaN));
  const counts = numbers.every((number, i) => i === 0 || (number > numbers[i - 1]! && number <= numbers[i - 1]! + 2));
  if (filled.length === 0 || numbers.some(Number.isNaN) || !counts) return all;
  if (linesOf(selected).some((line) => numbered.test(line))) return all;
  return all.map((line) => numbered.exec(line)?.[2] ?? line);
}

/** The answer without a thought before it and an end-of-turn token after it. */
export const plainAnswer = (answer: string, selected: string): string =>
  withoutEndToken(splitThought(answer)?.rest ?? answer, selected);

const TAG = /^<(code|answer|output|result|replacement)\b[^<>\n]*>[^\S\n]*\n/;

/** The code in a tag that the answer has in place of a fence. The answer itself without one. */
export function withoutTag(answer: string, selected: string): string {
  const text = answer.trim();
  const [opening = "", tag] = TAG.exec(text) ?? [];
  const closing = `</${tag}>`;
  if (tag === undefined || !text.endsWith(closing) || selected.includes(`<${tag}`)) return answer;
  return text.slice(opening.length, -closing.length).trimEnd();
}

const PROMPT = /^\s*(?:\$|>>>|PS>|%) (?=\S)/;

/** The code without shell prompts, if all lines have one. */
export function withoutPrompts(lines: readonly string[], selected: string): string[] {
  const typed = (line: string) => isBlank(line) || PROMPT.test(line) || /^\.\.\. ?/.test(line);
  if (!PROMPT.test(lines.find((line) => !isBlank(line)) ?? "") || !lines.every(typed)) return [...lines];
  if (linesOf(selected).some((line) => PROMPT.test(line))) return [...lines];
  return lines.map((line) => line.replace(PROMPT, "").replace(/^\.\.\. ?/, ""));
}

const NAMES =
  "python|py|javascript|js|jsx|typescript|ts|tsx|java|go|golang|rust|c|cpp|c\\+\\+|csharp|c#|ruby|php|sql|yaml|json|lua|kotlin|swift|bash|sh|html|css|vue|svelte|markdown|toml|xml";
const LANGUAGE_NAME = new RegExp(`^(?:${NAMES})$`, "i");
/** A file's name, alone or in a comment. */
const FILE_NAME =
  /^(?:(?:\/\/|#|--|;|%|\/\*|<!--)\s*)?(?:(?:file(?:name| ?path)?|path|datei|archivo|fichier):\s*)?`?([\w@.\\/-]*[\w-]\.\w{1,7})`?:?\s*(?:\*\/|-->)?$/i;

const PROSE_OR_SHELL = /^(?:markdown|mdx|plaintext|shellscript|powershell|bat)$/;

/** The code without a first line that names the language or the file. */
export function withoutName(lines: readonly string[], selected: string, languageId: string, path?: string): string[] {
  const [first = "", ...rest] = lines;
  const text = first.trim();
  if (rest.every(isBlank) || linesOf(selected).some((line) => line.trim() === text)) return [...lines];
  const language = LANGUAGE_NAME.test(text) && (text.toLowerCase() === fenceTag(languageId) || !/^\w$/.test(text));
  const named = FILE_NAME.exec(text)?.[1];
  const own = path === undefined || named?.split(/[\\/]/).at(-1) === path.split("/").at(-1);
  // A script's name alone on a line can be a command that runs it.
  const isRun = PROSE_OR_SHELL.test(languageId) && !/^(?:\/\/|#|--|;|%|\/\*|<!--)/.test(text);
  const file = named !== undefined && (own || (!isRun && extensionOf(named) === extensionOf(path ?? "")));
  return language || file ? rest : [...lines];
}

/** The lines without blank lines at both ends. */
export function trimmedLines(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => !isBlank(line));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1);
}

/** The lines without a fence around all of them. Other fences stay. */
export function withoutFences(lines: readonly string[]): string[] {
  const inner = trimmedLines(lines);
  return inner.length >= 2 && isFence(inner[0]!) && isFence(inner.at(-1)!) ? inner.slice(1, -1) : [...lines];
}
