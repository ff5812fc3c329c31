/**
 * Tight and loose lists. Usually a tight list's paragraphs have no `<p>`, so one blank line changes
 * every item before it. Here paragraphs stay, and a class says that the list is tight: what is finished never changes.
 */
import type { Tokens } from "./tokens.ts";

export function looseLists(tokens: Tokens, lines: string[]): void {
  tokens.forEach((token, index) => {
    if (token.type !== "bullet_list_open" && token.type !== "ordered_list_open") return;
    const end = closing(tokens, index);
    if (!isLoose(tokens.slice(index, end), lines)) token.attrSet("class", "tight");
    for (const inner of tokens.slice(index, end))
      if (inner.level === token.level + 2 && inner.type.startsWith("paragraph_")) inner.hidden = false;
  });
}

/** As CommonMark has it: a blank line between two items, or between two blocks right inside of one. */
function isLoose(list: Tokens, lines: string[]): boolean {
  const level = list[0]!.level;
  let first = true;
  return list.some((token) => {
    const isItem = token.type === "list_item_open" && token.level === level + 1;
    const isBlock = token.map !== null && token.nesting >= 0 && token.level === level + 2 && token.type !== "inline";
    if (!isItem && !isBlock) return false;
    // What an item begins with is on the item's own line.
    const begins = first;
    first = isItem;
    return !begins && isBlank(lines[token.map![0] - 1] ?? "");
  });
}

/** Nothing but what nested quotes begin with. */
const isBlank = (line: string) => /^[\s>]*$/.test(line);

/** Where the block that opens at an index closes. */
export function closing(tokens: Tokens, index: number): number {
  const { level } = tokens[index]!;
  return tokens.findIndex((token, at) => at > index && token.level === level && token.nesting === -1);
}
