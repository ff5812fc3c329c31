/** Markdown as the page understands it. Raw HTML is text, and nothing is ever loaded: images are links. */
import MarkdownIt, { type MarkdownIt as Parser, type RendererRule, type Token } from "markdown-it";
import { looseLists } from "./lists.ts";

export type Tokens = Token[];

/** Addresses that a reply may lead to. The browser's own reading of them is checked again after sanitizing. */
export function isSafeHref(href: string): boolean {
  return /^(https?:\/\/|mailto:)[^\s]/i.test(href);
}

export function createParser(): Parser {
  const parser = new MarkdownIt({ html: false, linkify: true });
  // `main.py` and `lib.rs` are files, not hosts in Paraguay and Serbia: only whole addresses become links.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false }).add("ftp:", null).add("//", null);
  // A definition at the end would change what was finished long before it, so `[a]: b` is text.
  parser.disable("reference");
  parser.validateLink = isSafeHref;
  parser.core.ruler.after("block", "loose_lists", (state) => looseLists(state.tokens, state.src.split("\n")));
  parser.core.ruler.after("block", "cell_classes", (state) => alignedCells(state.tokens));
  Object.assign(parser.renderer.rules, { fence: code, code_block: code, image } satisfies Record<string, RendererRule>);
  return parser;
}

/** The policy of the page allows no style attributes: a cell's alignment becomes a class. */
function alignedCells(tokens: Tokens): void {
  for (const token of tokens.filter(({ type }) => type === "th_open" || type === "td_open")) {
    const alignment = attribute(token, "style").replace("text-align:", "");
    token.attrs = alignment ? [["class", `align-${alignment}`]] : null;
  }
}

/** A code block is made of this later: see code.ts. */
function code(...[tokens, index]: Parameters<RendererRule>): string {
  const { content, info } = tokens[index]!;
  return `<pre data-language="${escapeHtml(languageOf(info))}"><code>${escapeHtml(content)}</code></pre>\n`;
}

/** The first word after the fence: ```` ```ts title="a.ts" ````. */
export function languageOf(info: string): string {
  return info.trim().split(/\s+/)[0] ?? "";
}

/** An image is shown as a link to it, or as its description where it is in a link already. */
function image(...[tokens, index, options, env, renderer]: Parameters<RendererRule>): string {
  const token = tokens[index]!;
  const href = attribute(token, "src");
  const label = escapeHtml(renderer.renderInlineAsText(token.children ?? [], options, env)) || escapeHtml(href);
  const before = tokens.slice(0, index);
  const opened = before.filter(({ type }) => type === "link_open").length;
  const closed = before.filter(({ type }) => type === "link_close").length;
  return opened > closed ? label : `<a href="${escapeHtml(href)}">${label}</a>`;
}

const attribute = (token: Token, name: string) => String(token.attrGet(name) ?? "");

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
