/** The HTML in Markdown that the page accepts: a few tags without attributes. All other HTML stays text. */
import type { MarkdownIt as Parser, StateBlock, StateInline } from "markdown-it";
import { closesFence, type Fence, openingFence } from "./fence.ts";

const BREAK = /^<br\s*\/?>/i;
const PAIR = /^<(kbd|sub|sup|b|strong|i|em)>/i;
/** What Markdown itself makes of these. */
const ELEMENTS: Record<string, string> = { b: "strong", i: "em" };
const SUMMARY = /^\s*<summary>(.*?)<\/summary>\s*/i;
const DETAILS = /^<details(?: open)?>/i;
const DETAILS_END = /<\/details>\s*$/i;

/** Tags that enclose a part of a paragraph. They can be open while the text is still being written. */
export const ENCLOSING = ["kbd", "sub", "sup", "b", "strong", "i", "em", "summary"];

/** Adds the rules to the parser. */
export function addHtml(parser: Parser): void {
  parser.inline.ruler.before("autolink", "tags", inlineRule);
  parser.block.ruler.before("heading", "details", detailsRule, { alt: ["paragraph", "blockquote", "list"] });
}

function inlineRule(state: StateInline, silent: boolean): boolean {
  const rest = state.src.slice(state.pos, state.posMax);
  const [line] = BREAK.exec(rest) ?? [];
  if (line) {
    if (!silent) state.push("hardbreak", "br", 0);
    state.pos += line.length;
    return true;
  }
  const [opening, name] = PAIR.exec(rest) ?? [];
  const tag = name?.toLowerCase();
  const close = tag ? rest.toLowerCase().indexOf(`</${tag}>`) : -1;
  if (!tag || !opening || close < 0) return false;
  if (!silent) {
    const [start, max] = [state.pos, state.posMax];
    const element = ELEMENTS[tag] ?? tag;
    state.pos = start + opening.length;
    state.posMax = start + close;
    state.push(`${element}_open`, element, 1);
    state.md.inline.tokenize(state);
    state.push(`${element}_close`, element, -1);
    state.pos = start;
    state.posMax = max;
  }
  state.pos += close + `</${tag}>`.length;
  return true;
}

/** Markdown inside `<details>`. Without an end tag, it continues to the end of the text, as code does. */
function detailsRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const first = lineOf(state, startLine);
  const [opening] = DETAILS.exec(first) ?? [];
  if (!opening || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  if (silent) return true;
  const { end, next } = endOf(state, startLine, endLine);
  state.push("details_open", "details", 1).map = [startLine, next];
  let line = startLine;
  let rest = first.slice(opening.length);
  if (rest.trim() === "" && end > startLine + 1) {
    line++;
    rest = lineOf(state, line);
  }
  const [summary, title] = SUMMARY.exec(rest) ?? [];
  if (summary !== undefined) inline(state, "summary", title!, line);
  const after = (summary === undefined ? rest : rest.slice(summary.length)).replace(DETAILS_END, "");
  // Without a summary, the line belongs to the folded content.
  const whole = summary === undefined && line > startLine;
  if (!whole && after.trim() !== "") inline(state, "p", after.trim(), line);
  state.md.block.tokenize(state, whole ? line : line + 1, end);
  state.push("details_close", "details", -1);
  state.line = next;
  return true;
}

/** The line after the folded content, and the line after the block. In code, the end tag is text. */
function endOf(state: StateBlock, startLine: number, endLine: number): { end: number; next: number } {
  let fence: Fence | undefined;
  let depth = 0;
  for (let line = startLine; line < endLine; line++) {
    if (line > startLine && !state.isEmpty(line) && (state.sCount[line] ?? 0) < state.blkIndent)
      return { end: line, next: line };
    const text = lineOf(state, line);
    if (fence) {
      if (closesFence(text, fence)) fence = undefined;
      continue;
    }
    fence = openingFence(text);
    if (DETAILS.test(text)) depth++;
    if (!DETAILS_END.test(text) || --depth > 0) continue;
    const alone = text.trim().toLowerCase() === "</details>";
    // The text before the tag is a line of the content.
    if (!alone) state.eMarks[line] = (state.eMarks[line] ?? 0) - (DETAILS_END.exec(text)?.[0].length ?? 0);
    return { end: alone ? line : line + 1, next: line + 1 };
  }
  return { end: endLine, next: endLine };
}

function inline(state: StateBlock, tag: string, content: string, line: number): void {
  state.push(`${tag === "p" ? "paragraph" : tag}_open`, tag, 1);
  const token = state.push("inline", "", 0);
  token.content = content;
  token.map = [line, line + 1];
  token.children = [];
  state.push(`${tag === "p" ? "paragraph" : tag}_close`, tag, -1);
}

const lineOf = ({ src, bMarks, tShift, eMarks }: StateBlock, line: number) =>
  src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]);
