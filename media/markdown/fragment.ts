/** Parsed Markdown as elements, ready to be put into the page. */

import { markNames } from "./names.ts";
import { createParser } from "./parser.ts";
import { References } from "./references.ts";
import { sanitize } from "./sanitize.ts";
import { showMarks } from "./shownMarks.ts";
import type { Tokens } from "./tokens.ts";

const parser = createParser();

/** Blocks whose own text is only the space between other blocks. */
const STRUCTURE = new Set(["UL", "OL", "LI", "BLOCKQUOTE", "TABLE", "THEAD", "TBODY", "TR"]);

/** Parses Markdown by the page's rules. */
export const parse = (text: string): Tokens => parser.parse(text, {});

/**
 * @param names texts that open code when they are clicked.
 * @param references of the answer; targets among the tokens are added.
 */
export function elementsOf(tokens: Tokens, names: ReadonlySet<string>, references = new References()): Element[] {
  references.add(tokens);
  const fragment = sanitize(parser.renderer.render(tokens, parser.options, {}));
  removeSpace(fragment);
  showMarks(fragment);
  references.resolve(fragment);
  markNames(fragment, names);
  for (const link of fragment.querySelectorAll("a")) link.title ||= link.getAttribute("href") ?? "";
  return [...fragment.children];
}

function removeSpace(fragment: DocumentFragment): void {
  const texts = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const spaces: Node[] = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    if (STRUCTURE.has(text.parentElement?.tagName ?? "UL") && !text.nodeValue?.trim()) spaces.push(text);
  for (const space of spaces) space.parentNode?.removeChild(space);
}
