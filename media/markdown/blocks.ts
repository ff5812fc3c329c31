/** Which parts of parsed Markdown are finished, whatever lines may follow. Pure. */
import { closing } from "./lists.ts";
import type { Tokens } from "./tokens.ts";

/** A top-level block, or an item or row of one: its first token, and the line that it begins in. */
export type Part = { index: number; line: number };

export function topBlocks(tokens: Tokens): Part[] {
  return tokens.flatMap(({ level, nesting, map }, index) =>
    level === 0 && nesting >= 0 && map ? [{ index, line: map[0] }] : [],
  );
}

/**
 * Of display mathematics without its end nobody knows yet whether it is that, or more of the block before it.
 *
 * @param blocks of a text that has not ended.
 */
export function withoutOpenMath(tokens: Tokens, blocks: Part[]): Part[] {
  const last = blocks.at(-1);
  return last && tokens[last.index]?.type === "math_block" ? blocks.slice(0, -1) : blocks;
}

/** What is still open of a list or a table, and what has to stand before it so that it is read as a part of that. */
export type OpenPart = Part & { prefix: string };

/**
 * Of a list, all items but the last are finished, of a table all rows.
 *
 * @param tokens of the one block.
 * @param given how many of its items belong to a prefix.
 * @returns undefined while nothing is finished, or when it is another kind of block.
 */
export function openPart(tokens: Tokens, lines: string[], given: number): OpenPart | undefined {
  if (tokens[0]?.type === "table_open") return openRow(tokens, lines);
  const items = partsOf(tokens, "list_item_open", 1);
  const last = items.at(-1);
  // Another item stands before it, as far to the right: alone, its line could be read as the head of a table.
  const [marker] = /^ {0,3}(?:[-+*]|\d+[.)])/.exec(lines[last?.line ?? 0] ?? "") ?? [];
  return last && marker !== undefined && items.length > given + 1 ? { ...last, prefix: `${marker} .\n` } : undefined;
}

function openRow(tokens: Tokens, lines: string[]): OpenPart | undefined {
  const body = tokens.findIndex(({ type }) => type === "tbody_open");
  const last = partsOf(tokens, "tr_open", 2).at(-1);
  if (body < 0 || !last) return undefined;
  const head = tokens[0]!.map![0];
  return { index: closing(tokens, body), line: last.line + 1, prefix: `${lines[head]}\n${lines[head + 1]}\n` };
}

function partsOf(tokens: Tokens, type: string, level: number): Part[] {
  const block = tokens.slice(0, closing(tokens, 0));
  return block.flatMap((token, index) =>
    token.type === type && token.level === level && token.map ? [{ index, line: token.map[0] }] : [],
  );
}

/** Where a line begins in the text. */
export function offsetOf(lines: string[], line: number): number {
  return lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, 0);
}
