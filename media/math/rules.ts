/** Formulas in Markdown. They are found before Markdown reads the backslashes, stars and underscores in them. */
import type { MarkdownIt as Parser, StateBlock, StateInline, Token } from "markdown-it";
import { blockOpening, formulaAt } from "./delimiters.ts";

/** Adds the rules. A formula becomes an element with its source as text; see formula.ts. */
export function addMath(parser: Parser): void {
  parser.inline.ruler.before("escape", "math", inlineRule);
  parser.block.ruler.before("fence", "math", blockRule, { alt: ["paragraph", "blockquote", "list"] });
  parser.renderer.rules.math_inline = (tokens, at) => element("span", tokens[at]!, parser.utils.escapeHtml);
  parser.renderer.rules.math_block = (tokens, at) => element("div", tokens[at]!, parser.utils.escapeHtml);
}

const element = (tag: string, { content, info }: Token, escapeHtml: (text: string) => string) =>
  `<${tag} class="math${info ? ` ${info}` : ""}">${escapeHtml(content)}</${tag}>`;

function inlineRule(state: StateInline, silent: boolean): boolean {
  const found = formulaAt(state.src, state.pos);
  if (!found || found.end > state.posMax) return false;
  if (!silent) {
    const token = state.push("math_inline", "", 0);
    token.content = state.src.slice(state.pos, found.end);
    token.info = found.display ? "display" : "";
  }
  state.pos = found.end;
  return true;
}

/**
 * Display mathematics has no blank line in it. If the text ends before the formula does, it counts as a formula: only
 * later text can show that it is not.
 */
function blockRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const indent = (state.sCount[startLine] ?? 0) - state.blkIndent;
  const opening = indent < 4 ? blockOpening(lineOf(state, startLine)) : undefined;
  if (!opening || (silent && closesEarlier(state, startLine))) return false;
  let line = startLine;
  for (let text = lineOf(state, line).slice(opening.length); ; text = lineOf(state, line)) {
    const close = text.indexOf(opening.close);
    if (close >= 0 && text.slice(close + opening.close.length).trim() !== "") return false;
    line++;
    if (close >= 0 || line >= endLine) break;
    if (state.isEmpty(line) || (state.sCount[line] ?? 0) < state.blkIndent) return false;
  }
  if (silent) return true;
  const token = state.push("math_block", "div", 0);
  token.block = true;
  token.content = state.getLines(startLine, line, state.blkIndent, false).trim();
  token.info = "display";
  token.map = [startLine, line];
  state.line = line;
  return true;
}

/** In a paragraph that has opened a formula within a line, the same mark closes it. */
function closesEarlier(state: StateBlock, line: number): boolean {
  const before = state.getLines(state.line, line, state.blkIndent, false);
  return lineOf(state, line).startsWith("$$") && (before.match(/\$\$/g) ?? []).length % 2 === 1;
}

const lineOf = ({ src, bMarks, tShift, eMarks }: StateBlock, line: number) =>
  src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]);
