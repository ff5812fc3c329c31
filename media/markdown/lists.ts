/**
 * Tight and loose lists. Usually a tight list's paragraphs have no `<p>`, so that one blank line changes every item
 * before it. Here paragraphs keep it, and a class marks the tight list: finished items never change.
 */
import type { Tokens } from "./tokens.ts";

/** Shows the paragraphs of all lists, and marks tight lists. @param lines of the whole text. */
export function looseLists(tokens: Tokens, lines: string[]): void {
  tokens.forEach((token, index) => {
    if (token.type !== "bullet_list_open" && token.type !== "ordered_list_open") return;
    const end = closingIndex(tokens, index);
    if (!isLoose(tokens.slice(index, end), lines)) token.attrSet("class", "tight");
    for (const inner of tokens.slice(index, end))
      if (inner.level === token.level + 2 && inner.type.startsWith("paragraph_")) inner.hidden = false;
  });
}

/** As in CommonMark: a blank line between two items, or between two blocks directly inside an item. */
function isLoose(list: Tokens, lines: string[]): boolean {
  const level = list[0]!.level;
  let first = true;
  return list.some((token) => {
    const isItem = token.type === "list_item_open" && token.level === level + 1;
    const isBlock = token.map !== null && token.nesting >= 0 && token.level === level + 2 && token.type !== "inline";
    if (!isItem && !isBlock) return false;
    // An item's first block begins on the item's own line.
    const begins = first;
    first = isItem;
    return !begins && isBlank(lines[token.map![0] - 1] ?? "");
  });
}

/** Whether a line contains nothing but the marks of nested quotes. */
const isBlank = (line: string) => /^[\s>]*$/.test(line);

/** The index of the token that closes the block opened at `index`; -1 if there is none. */
export function closingIndex(tokens: Tokens, index: number): number {
  const { level } = tokens[index]!;
  return tokens.findIndex((token, at) => at > index && token.level === level && token.nesting === -1);
}
