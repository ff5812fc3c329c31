/**
 * Links and notes whose targets stand elsewhere: `[text][label]` with `[label]: address`, and `[^label]` with
 * `[^label]: note`. A reference is drawn as it is written until its target comes, usually at the end.
 */
import type { MarkdownIt as Parser, StateBlock, StateInline } from "markdown-it";

const DEFINITION = /^\[([^\][\n^]{1,100})\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+["'(](.*)["')])?[ \t]*$/;
const NOTE = /^\[\^([\w-]{1,40})\]:[ \t]*(.*)$/;
const NOTE_LABEL = /^\^[\w-]{1,40}$/;

const normalized = (label: string) => label.trim().replace(/\s+/g, " ").toLowerCase();

/** Adds the rules to the parser. */
export function addReferences(parser: Parser): void {
  parser.inline.ruler.after("link", "references", referenceRule);
  parser.block.ruler.before("heading", "definitions", definitionRule);
  parser.block.ruler.before("definitions", "notes", noteRule, { alt: [] });
  parser.renderer.rules.definition = () => "";
}

function referenceRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (src[pos] !== "[") return false;
  const end = state.md.helpers.parseLinkLabel(state, pos);
  if (end < 0) return false;
  const text = src.slice(pos + 1, end);
  const [second, label] = /^\[([^\][\n]{0,100})\]/.exec(src.slice(end + 1, posMax)) ?? ["", ""];
  const isNote = NOTE_LABEL.test(text);
  if (text.trim() === "" || (!label && (text.length > 100 || src[end + 1] === "("))) return false;
  if (!silent) {
    state.pos = pos + 1;
    state.posMax = end;
    state.push("reference_open", "span", 1).attrs = [
      ["class", "reference"],
      ["data-ref", normalized(isNote ? text : label || text)],
    ];
    mark(state, "[");
    if (isNote) state.push("text", "", 0).content = text;
    else state.md.inline.tokenize(state);
    mark(state, isNote ? "]" : `]${second}`);
    state.push("reference_close", "span", -1);
    state.posMax = posMax;
  }
  state.pos = end + 1 + (isNote ? 0 : second.length);
  return true;
}

/** Brackets, which are removed when the reference becomes a link. */
function mark(state: StateInline, text: string): void {
  state.push("mark_open", "span", 1).attrs = [["class", "mark"]];
  state.push("text", "", 0).content = text;
  state.push("mark_close", "span", -1);
}

function definitionRule(state: StateBlock, startLine: number, _endLine: number, silent: boolean): boolean {
  const [, label, href, title] = DEFINITION.exec(lineOf(state, startLine)) ?? [];
  if (label === undefined || !href || silent || !state.md.validateLink(href)) return false;
  const token = state.push("definition", "", 0);
  token.map = [startLine, startLine + 1];
  token.meta = { label: normalized(label), href, title: title ?? "" };
  state.line = startLine + 1;
  return true;
}

/** A note's text continues to the next blank line, or the next note. */
function noteRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const [, label, first] = NOTE.exec(lineOf(state, startLine)) ?? [];
  if (label === undefined || first === undefined || silent) return false;
  const lines = [first];
  let line = startLine + 1;
  for (; line < endLine && !state.isEmpty(line) && (state.sCount[line] ?? 0) >= state.blkIndent; line++) {
    if (NOTE.test(lineOf(state, line))) break;
    lines.push(lineOf(state, line));
  }
  const open = state.push("note_open", "div", 1);
  open.map = [startLine, line];
  open.attrs = [
    ["class", "footnote"],
    ["data-ref", `^${label.toLowerCase()}`],
  ];
  state.push("paragraph_open", "p", 1);
  const text = state.push("inline", "", 0);
  text.content = lines.join("\n");
  text.map = [startLine, line];
  text.children = [];
  state.push("paragraph_close", "p", -1);
  state.push("note_close", "div", -1);
  state.line = line;
  return true;
}

const lineOf = ({ src, bMarks, tShift, eMarks }: StateBlock, line: number) =>
  src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]);
