/** Gets the commit message out of a reply. */
import { fencedBlocks } from "./fences.ts";
import { isBlank, linesOf } from "./lines.ts";

/** Characters of a first line; git's own tools cut longer ones. */
const LONGEST_SUBJECT = 72;
/** "Here is the commit message:" */
const PREAMBLE =
  /^(?:(?:sure|okay|ok|certainly)\b.*|here(?:'s| is)\b.*|(?:(?:suggested |proposed )?commit message)\b.*):$/i;
const FENCE = /^(?:`{3}|~{3})/;
const LABEL = /^(?:\*\*)?(?:(?:suggested |proposed )?commit message|subject|title)\s*:\s*(?:\*\*)?\s*/i;
const QUOTES: [string, string][] = [
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  ["“", "”"],
  ["**", "**"],
];

/**
 * Empty where there is none. `cut`: the reply was cut off, and its last line is not whole. Of a first line that is too long,
 * what is too much goes on below it.
 */
export function parseMessage(answer: string, cut: boolean): string {
  const said = linesOf(cut ? answer.replace(/[^\n]*$/, "") : answer);
  const start = said.slice(said.findIndex((line) => !isBlank(line) && !PREAMBLE.test(line.trim())));
  const [block] = FENCE.test(start[0] ?? "") ? fencedBlocks(start) : [];
  const lines = (block ? linesOf(block.code) : start).map((line) => line.trimEnd());
  const message = unquoted(lines.join("\n").trim());
  const [first = "", ...rest] = message.split("\n");
  const { subject, more } = fitSubject(
    unquoted(
      first
        .replace(LABEL, "")
        .replace(/^#+\s+/, "")
        .trim(),
    ),
  );
  const body = [...(more === "" ? [] : [more]), ...rest].join("\n").trim();
  return body === "" ? subject : `${subject}\n\n${body}`;
}

function unquoted(text: string): string {
  const [open, close] = QUOTES.find(([open, close]) => text.startsWith(open) && text.endsWith(close)) ?? ["", ""];
  const inner = text.slice(open.length, text.length - close.length);
  // Quotes that close and open again in between belong to the text.
  return open === "" || text.length < open.length + close.length || inner.includes(open) ? text : inner.trim();
}

function fitSubject(line: string): { subject: string; more: string } {
  if (line.length <= LONGEST_SUBJECT) return { subject: line, more: "" };
  const end = line.lastIndexOf(" ", LONGEST_SUBJECT);
  const at = end > 0 ? end : LONGEST_SUBJECT;
  return { subject: line.slice(0, at).trimEnd(), more: line.slice(at).trim() };
}
