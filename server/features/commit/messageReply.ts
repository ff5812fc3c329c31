/** Extracts the commit message from a reply. */
import { splitThought } from "../../nemotron/splitThought.ts";
import { parseJson } from "../../shared/depth.ts";
import { withoutEndToken } from "../text/endToken.ts";
import { closedCode, fencedBlocks } from "../text/fences.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { isHandingOver, isIntroduction, isPreamble, isRemark, withoutBodyLabel, withoutLabel } from "./messageWords.ts";

/** Maximum length of a first line, characters; git's own tools cut longer ones. */
const MAX_SUBJECT_CHARS = 72;
/** The length of the longest sentence that only says yes, characters. */
const SHORT_CONSENT = 12;
const FENCE = /^\s*(?:`{3}|~{3})/;
const NUMBERED_FENCE = /^\s*(?:\d+[.)]|[-*])\s+(?=`{3}|~{3})/;
/** Without an end, the tag has a line of its own. */
const TAGGED =
  /^<([\w-]*(?:commit|message|answer|output)[\w-]*)>(?:\s*([\s\S]*?)\s*<\/\1>(?:\s*\n[\s\S]*)?|[ \t]*\n([\s\S]*))$/i;
/** An end without its beginning. */
const STRAY_END = /\n\s*<\/[\w-]*(?:commit|message|answer|output)[\w-]*>\s*$/i;
/** Other commands may come first. */
const COMMAND =
  /^(?:(?:\$\s*)?git (?:add|status|diff)\b[^\n]*\n+)*(?:\$\s*)?git commit((?:\s+(?:-\w*m\s*(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*')|-{1,2}\w[\w-]*))+)\s*$/;
const PART = /-\w*m\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'([^']*)')/g;
/** A text of several lines for the shell. */
const HERE_TEXT = /^\$\(cat <<-?\s*['"]?(\w+)['"]?\n([\s\S]*?)\n\s*\1\s*\n?\s*\)$/;
const SUBJECT_KEY = /^(?:subject|title|summary|(?:commit[-_ ]?)?message)$/i;
const BODY_KEY = /^(?:body|description|details)$/i;
const QUOTES: [string, string][] = [
  ["```", "```"],
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  ["“", "”"],
  ["„", "“"],
  ["«", "»"],
  ["「", "」"],
  ["**", "**"],
];

/**
 * The commit message of an answer; empty if there is none. `cut`: the reply was cut off, so its last line is
 * incomplete. The excess of a first line that is too long moves to the body.
 */
export function parseMessage(answer: string, cut: boolean): string {
  const whole = cut ? answer.replace(/[^\n]*$/, "") : answer;
  const answered = withoutEndToken(withoutThought(whole), "");
  const answerLines = withoutNumbers(linesOf(fromJson(untagged(answered.trim()))));
  const lines = messageLines(answerLines).map((line) => line.trimEnd());
  const message = fromCommand(unquoted(fromJson(lines.join("\n").trim())));
  const [first = "", ...below] = message.split("\n");
  const { text, labelled } = withoutLabel(first);
  // Each part can have a fence of its own.
  const isFenced = labelled && text.trim() === "" && FENCE.test(below.find((line) => !isBlank(line)) ?? "");
  const rest = isFenced ? below.filter((line) => !FENCE.test(line)) : below;
  // A label can have a line of its own.
  const own = text.trim() === "" ? rest.findIndex((line) => !isBlank(line)) : -1;
  const subjectLine = own < 0 ? text : rest[own]!;
  const { subject, more } = fitSubject(unquoted(subjectLine.replace(/^#+\s+/, "").trim()));
  const body = rest.slice(own + 1).map((line) => withoutBodyLabel(line, labelled));
  const lower = [...(more === "" ? [] : [more]), ...body].join("\n").trim();
  return lower === "" ? subject : `${subject}\n\n${lower}`;
}

/** A thought's end behind all text ends no thought, unless that begins. */
function withoutThought(text: string): string {
  const found = splitThought(text);
  if (!found) return text;
  return found.rest.trim() === "" && !/^\s*<think/.test(text) ? found.thought : found.rest;
}

/** Options in a list: their fences then stand behind numbers, and their lines are as deep as the text of the list. */
function withoutNumbers(lines: readonly string[]): string[] {
  let width = 0;
  return lines.map((line) => {
    const number = NUMBERED_FENCE.exec(line)?.[0].length;
    width = number ?? width;
    return number === undefined ? line.replace(new RegExp(`^ {${width}}`), "") : line.slice(number);
  });
}

/** A message in a JSON object with keys for its parts. */
function fromJson(text: string): string {
  const inner = text.replace(/^```(?:json)?\s*\n([\s\S]*?)\n```$/, "$1");
  if (!inner.startsWith("{")) return text;
  const object = parseJson(inner) ?? {};
  const parts = [SUBJECT_KEY, BODY_KEY].map((name) => Object.entries(object).find(([key]) => name.test(key))?.[1]);
  const [subject, body] = parts.map((part) => (Array.isArray(part) ? part.join("\n") : part));
  if (typeof subject !== "string") return text;
  return typeof body === "string" && body.trim() !== "" ? `${subject}\n\n${body}` : subject;
}

function untagged(text: string): string {
  const [, , whole, rest] = TAGGED.exec(text) ?? [];
  return whole ?? rest ?? text.replace(STRAY_END, "");
}

/** Removes the text before and after the message. */
function messageLines(answerLines: readonly string[]): string[] {
  const fence = answerLines.findIndex((line) => FENCE.test(line));
  const before = fence < 0 ? [] : answerLines.slice(0, fence).filter((line) => !isBlank(line));
  if (fence >= 0 && (before.every(isIntroduction) || isHandingOver(before.at(-1)!))) {
    const [block] = fencedBlocks(answerLines.map((line, i) => (i === fence ? line.trimStart() : line)));
    if (block) return messageLines(linesOf(block.open ? closedCode(block) : block.code));
  }
  const handing = answerLines.findIndex((line, i) => isHandingOver(line) && isBlank(answerLines[i + 1] ?? "x"));
  const from = Math.max(0, handing);
  const start = answerLines.findIndex((line, i) => i >= from && !isBlank(line) && !isPreamble(line));
  if (start >= 0) return withoutRemark(answerLines.slice(start));
  // What reads like words around a message can be the message, if there is no other.
  return answerLines.filter((line) => /[。.]$/.test(line.trim()) && line.trim().length > SHORT_CONSENT).slice(-1);
}

/** Removes a last paragraph about the message itself, and the line that separates it. */
function withoutRemark(lines: readonly string[]): string[] {
  const paragraph = lines.findLastIndex((line, i) => i > 0 && isBlank(lines[i - 1]!) && !isBlank(line));
  if (paragraph < 1 || !isRemark(lines[paragraph]!)) return [...lines];
  const rest = lines.slice(0, paragraph);
  while (rest.length > 1 && /^\s*(?:-{3,}|\*{3,})?\s*$/.test(rest.at(-1)!)) rest.pop();
  return rest;
}

function fromCommand(text: string): string {
  const options = COMMAND.exec(text)?.[1];
  const parts = [...(options?.matchAll(PART) ?? [])].map(([, double, single]) => {
    const said = double?.replace(/\\(["\\$`])/g, "$1") ?? single!;
    return HERE_TEXT.exec(said.trim())?.[2] ?? said;
  });
  return parts.length === 0 ? text : parts.join("\n\n");
}

function unquoted(text: string): string {
  const [open, close] = QUOTES.find(([open, close]) => text.startsWith(open) && text.endsWith(close)) ?? ["", ""];
  const inner = text.slice(open.length, text.length - close.length);
  // Quotes that close and open again in between belong to the text.
  return open === "" || text.length < open.length + close.length || inner.includes(open) ? text : inner.trim();
}

function fitSubject(line: string): { subject: string; more: string } {
  if (line.length <= MAX_SUBJECT_CHARS) return { subject: line, more: "" };
  const end = line.lastIndexOf(" ", MAX_SUBJECT_CHARS);
  const at = end > 0 ? end : wholeCharacters(line, MAX_SUBJECT_CHARS);
  return { subject: line.slice(0, at).trimEnd(), more: line.slice(at).trim() };
}

/** The end of the last whole character (grapheme) that fits. */
function wholeCharacters(line: string, limit: number): number {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(line.slice(0, limit * 2))) {
    if (index + segment.length > limit) break;
    end = index + segment.length;
  }
  return end > 0 ? end : line.length;
}
