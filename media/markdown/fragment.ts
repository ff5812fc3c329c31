/** Parsed Markdown as elements, ready to be put into the page. */
import { createParser, type Tokens } from "./parser.ts";
import { sanitize } from "./sanitize.ts";

const parser = createParser();

/** Blocks whose own text is only the space between other blocks. */
const STRUCTURE = new Set(["UL", "OL", "LI", "BLOCKQUOTE", "TABLE", "THEAD", "TBODY", "TR"]);

export const parse = (text: string): Tokens => parser.parse(text, {});

/** @param names inline code that leads somewhere. */
export function elementsOf(tokens: Tokens, names: ReadonlySet<string>): Element[] {
  const fragment = sanitize(parser.renderer.render(tokens, parser.options, {}));
  removeSpace(fragment);
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

/** Names that lead to code can be clicked, and reached with the keyboard. */
export function markNames(root: ParentNode, names: ReadonlySet<string>): void {
  for (const code of root.querySelectorAll("code")) {
    if (code.closest("pre, a")) continue;
    const leads = names.has(code.textContent);
    if (leads === code.classList.contains("name")) continue;
    for (const [attribute, value] of [
      ["class", "name"],
      ["role", "link"],
      ["tabindex", "0"],
    ] as const)
      if (leads) code.setAttribute(attribute, value);
      else code.removeAttribute(attribute);
  }
}
