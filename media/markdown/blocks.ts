/** Which parts of parsed Markdown are finished, whatever lines may follow. Pure. */
import { closingIndex } from "./lists.ts";
import type { Tokens } from "./tokens.ts";

/** A top-level block, or an item or row of one: the index of its first token, and its first line (0-based). */
export type Part = { index: number; line: number };

/** The top-level blocks in their order. */
export function topBlocks(tokens: Tokens): Part[] {
  return tokens.flatMap(({ level, nesting, map }, index) =>
    level === 0 && nesting >= 0 && map ? [{ index, line: map[0] }] : [],
  );
}

/**
 * Leaves out a last block of display mathematics: until more follows, it may still be a part of the block before it.
 *
 * @param blocks of a text that has not ended.
 */
export function withoutOpenMath(tokens: Tokens, blocks: Part[]): Part[] {
  const last = blocks.at(-1);
  return last && tokens[last.index]?.type === "math_block" ? blocks.slice(0, -1) : blocks;
}

/** The open part of a list or a table. With `prefix` before it, the parser reads it as an item or a row. */
export type OpenPart = Part & { prefix: string };

/**
 * Where the open part of a list or a table begins. All items but the last are finished, and all rows.
 *
 * @param tokens of the one block.
 * @param given how many of the block's items belong to a prefix.
 * @returns undefined while nothing is finished, or for another kind of block.
 */
export function openPart(tokens: Tokens, lines: string[], given: number): OpenPart | undefined {
  if (tokens[0]?.type === "table_open") return openRow(tokens, lines);
  const items = partsOf(tokens, "list_item_open", 1);
  const last = items.at(-1);
  // The prefix is another item with the same indentation: alone, the line could be read as the head of a table.
  const [marker] = /^ {0,3}(?:[-+*]|\d+[.)])/.exec(lines[last?.line ?? 0] ?? "") ?? [];
  return last && marker !== undefined && items.length > given + 1 ? { ...last, prefix: `${marker} .\n` } : undefined;
}

function openRow(tokens: Tokens, lines: string[]): OpenPart | undefined {
  const body = tokens.findIndex(({ type }) => type === "tbody_open");
  const last = partsOf(tokens, "tr_open", 2).at(-1);
  if (body < 0 || !last) return undefined;
  const head = tokens[0]!.map![0];
  return { index: closingIndex(tokens, body), line: last.line + 1, prefix: `${lines[head]}\n${lines[head + 1]}\n` };
}

function partsOf(tokens: Tokens, type: string, level: number): Part[] {
  const block = tokens.slice(0, closingIndex(tokens, 0));
  return block.flatMap((token, index) =>
    token.type === type && token.level === level && token.map ? [{ index, line: token.map[0] }] : [],
  );
}

/** The index of a line's first character in the text. */
export function offsetOf(lines: string[], line: number): number {
  return lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, 0);
}
