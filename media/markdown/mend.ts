/** Mends Markdown that is still being written, so that it does not jump when the rest comes. Pure. */

import { formulaAt, openFormula } from "../math/delimiters.ts";
import { ENCLOSING } from "./html.ts";

/** A line that may still become anything: `-` begins a list, a heading or a rule, "``" a fence. */
const UNDECIDED_MARK = /^\s*([-*+_=#>`~|:$]+|\\+\[?|\d{1,9}[.)]?)\s*$|^\s*(`{3,}|~{3,})[^`]*$/;

/** The beginning of a task, a note, a definition, `<details>` or `<summary>`. */
const UNDECIDED_BEGINNING =
  /^\s*((?:[-*+]|\d{1,9}[.)])\s+\[[ xX]?\]?|>\s*\[(?:!\w*\]?)?|\[[^\]]*\]:.*|<\/?(?:d[a-z]{0,6}|s[a-z]{0,6})?(?: open)?>?)\s*$/i;

/** Leaves out a last line whose meaning is still undecided. */
export function withoutUndecided(text: string): string {
  const start = text.lastIndexOf("\n") + 1;
  const line = text.slice(start);
  return UNDECIDED_MARK.test(line) || UNDECIDED_BEGINNING.test(line) ? text.slice(0, start) : text;
}

/** Closes the open markup of the last paragraph. In earlier paragraphs, unclosed markup stays text. */
export function closeOpenMarkup(text: string): string {
  // Inside a code block, marks are text.
  if ((text.match(/^\s*(```|~~~)/gm) ?? []).length % 2 === 1) return text;
  const paragraph = text.slice(text.lastIndexOf("\n\n") + 1);
  const formula = openFormula(paragraph);
  if (formula)
    return closeOpenMarkup(text.slice(0, text.length - paragraph.length + formula.start)) + room(formula.display);
  const tag = /<\/?([a-z]{0,7})$/i.exec(paragraph);
  const [begun, name] = tag ?? [];
  if (begun !== undefined && ["br", ...ENCLOSING].some((known) => known.startsWith(name!.toLowerCase())))
    return closeOpenMarkup(text.slice(0, -begun.length));
  const tags = openTags(paragraph);
  if (tags) return closeOpenMarkup(text + tags);
  const { cut, add } = closingEdit(paragraph);
  return text.slice(0, text.length - cut) + add;
}

/** An incomplete formula is left out. A displayed formula gets room, because it may take long to complete. */
const room = (display: boolean) => (display ? "\n$$\\cdots$$" : "");

/**
 * How to end a paragraph in which code, bold text or a link is still open.
 *
 * @returns how many characters to leave out at its end, and what to add then.
 */
function closingEdit(paragraph: string): { cut: number; add: string } {
  const code = openCode(paragraph);
  if (code) return closed(paragraph, code);
  const link = /\[([^\][]*)\]\([^)\s]*$/.exec(paragraph);
  if (link) return { cut: link[0].length, add: link[1] ?? "" };
  const bold =
    (
      withoutFormulas(paragraph)
        .replace(/(`+)[^`](?:.*?[^`])??\1(?!`)|\\./gs, "")
        .match(/\*\*/g) ?? []
    ).length %
      2 ===
    1;
  if (bold) return closed(paragraph, "**");
  return { cut: 0, add: "" };
}

/** What closes the tags that are open in a paragraph. */
function openTags(paragraph: string): string {
  const open: string[] = [];
  for (const [, end, name] of paragraph.replace(/(`+)[^`](?:.*?[^`])??\1(?!`)/gs, "").matchAll(/<(\/?)(\w+)>/g)) {
    const tag = name!.toLowerCase();
    if (!ENCLOSING.includes(tag)) continue;
    if (!end) open.unshift(tag);
    else if (open[0] === tag) open.shift();
  }
  return open.map((tag) => `</${tag}>`).join("");
}

function withoutFormulas(paragraph: string): string {
  for (let at = paragraph.search(/[$\\]/); at >= 0 && at < paragraph.length; at++) {
    const found = formulaAt(paragraph, at);
    if (found) paragraph = paragraph.slice(0, at) + paragraph.slice(found.end);
    else if (paragraph[at] === "\\") at++;
  }
  return paragraph;
}

/** A mark at the paragraph's end encloses nothing yet and is left out. Half of a closing mark is completed. */
function closed(paragraph: string, mark: string): { cut: number; add: string } {
  if (paragraph.endsWith(mark)) return { cut: mark.length, add: "" };
  if (mark === "**" && paragraph.endsWith("*")) return { cut: 0, add: "*" };
  // Bold text cannot end with a space.
  const spaces = mark === "**" ? paragraph.length - paragraph.trimEnd().length : 0;
  return { cut: spaces, add: mark };
}

/** The backticks of inline code that has not been closed. */
function openCode(paragraph: string): string | undefined {
  let open: string | undefined;
  for (const [run] of paragraph.matchAll(/\\`|`+/g)) {
    if (open === undefined && run.startsWith("`")) open = run;
    else if (run === open || (run === "\\`" && open === "`")) open = undefined;
  }
  return open;
}
