/** Markdown as the page reads it. HTML is text except for a few tags. Nothing is ever loaded: images are links. */

import MarkdownIt, { type MarkdownIt as Parser, type RendererRule, type Token } from "markdown-it";
import { languageOf } from "../highlight/languages.ts";
import { addMath } from "../math/rules.ts";
import { addHtml } from "./html.ts";
import { looseLists } from "./lists.ts";
import { isPlace, placeLinks } from "./places.ts";
import { addReferences } from "./referenceRules.ts";
import type { Tokens } from "./tokens.ts";

/** Whether a reply may link to the address. The sanitizer checks it again, as the browser has read it. */
export function isSafeHref(href: string): boolean {
  return /^(https?:\/\/|mailto:)[^\s]/i.test(href);
}

/** A markdown-it parser with the page's rules. */
export function createParser(): Parser {
  const parser = new MarkdownIt({ html: false, linkify: true });
  // `main.py` and `lib.rs` are files, not hosts in Paraguay and Serbia: only whole addresses become links.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false }).add("ftp:", null).add("//", null);
  // A definition at the end would change parts that were finished long before: see references.ts.
  parser.disable("reference");
  parser.validateLink = (href) => isSafeHref(href) || isPlace(href);
  addReferences(parser);
  addHtml(parser);
  addMath(parser);
  parser.core.ruler.after("block", "marks", (state) => marks(state.tokens));
  parser.core.ruler.after("inline", "places", (state) => placeLinks(state.tokens));
  parser.core.ruler.after("block", "loose_lists", (state) => looseLists(state.tokens, state.src.split("\n")));
  parser.core.ruler.after("block", "cell_classes", (state) => alignedCells(state.tokens));
  Object.assign(parser.renderer.rules, { fence: code, code_block: code, image } satisfies Record<string, RendererRule>);
  return parser;
}

/** The content security policy forbids style attributes: a cell's alignment becomes a class. */
function alignedCells(tokens: Tokens): void {
  for (const token of tokens.filter(({ type }) => type === "th_open" || type === "td_open")) {
    const alignment = attribute(token, "style").replace("text-align:", "");
    token.attrs = alignment ? [["class", `align-${alignment}`]] : null;
  }
}

/** morph.ts replaces this by a code block. */
function code(...[tokens, index]: Parameters<RendererRule>): string {
  const { content, info } = tokens[index]!;
  return `<pre data-language="${escapeHtml(languageOf(info))}"><code>${escapeHtml(content)}</code></pre>\n`;
}

/** An image is shown as a link to it, or as its description if it is inside a link. */
function image(...[tokens, index, options, env, renderer]: Parameters<RendererRule>): string {
  const token = tokens[index]!;
  const href = attribute(token, "src");
  const label = escapeHtml(renderer.renderInlineAsText(token.children ?? [], options, env)) || escapeHtml(href);
  const before = tokens.slice(0, index);
  const opened = before.filter(({ type }) => type === "link_open").length;
  const closed = before.filter(({ type }) => type === "link_close").length;
  if (opened > closed) return label;
  if (isPlace(href)) return `<span class="place" data-ref="${escapeHtml(href)}">${label}</span>`;
  return `<a href="${escapeHtml(href)}">${label}</a>`;
}

const attribute = (token: Token, name: string) => String(token.attrGet(name) ?? "");

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

const TASK = /^\[([ xX])\][ \t]+/;
const ALERT = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;

/** Marks that say what a block is (`[x]` of a task, `[!NOTE]` of a note) become classes, before its text is parsed. */
function marks(tokens: Tokens): void {
  tokens.forEach((token, index) => {
    const text = tokens[index + 2];
    if (text?.type !== "inline" || tokens[index + 1]?.type !== "paragraph_open") return;
    const pattern = { list_item_open: TASK, blockquote_open: ALERT }[token.type];
    const [mark, name] = pattern?.exec(text.content) ?? [];
    if (mark === undefined || name === undefined) return;
    text.content = text.content.slice(mark.length);
    const kind = name.toLowerCase();
    token.attrSet("class", pattern === ALERT ? `alert ${kind}` : kind === "x" ? "task done" : "task");
  });
}
