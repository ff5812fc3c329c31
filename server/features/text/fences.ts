/** Fenced code blocks, as CommonMark defines them and as models write them. */

/** A code block. Lines are 0-based. */
export type FencedBlock = {
  /** Without the fences, lines joined by "\n". */
  code: string;
  /** There is no closing fence: the block goes to the end of the text. */
  open: boolean;
  /** The info string: the text after the opening fence, trimmed. */
  info: string;
  /** The lines of its fences. In an open block, `last` is the last line of the text. */
  first: number;
  last: number;
};

type Fence = { indentation: number; character: string; length: number; info: string };

/** `anywhere`: accept any indentation. In lists, blocks are indented by more than three spaces. */
function fenceOf(line: string, anywhere: boolean): Fence | undefined {
  const match = /^([ \t]*)(`{3,}|~{3,})(.*)$/.exec(line);
  if (!match) return undefined;
  const [, indentation = "", run = "", info = ""] = match;
  if (!anywhere && !/^ {0,3}$/.test(indentation)) return undefined;
  // `inline code` can also begin a line.
  if (run.startsWith("`") && info.includes("`")) return undefined;
  return { indentation: indentation.length, character: run.charAt(0), length: run.length, info: info.trim() };
}

/** Whether a line is a fence, with any indentation. */
export const isFence = (line: string) => fenceOf(line, true) !== undefined;

/** A closing fence is at least as long, has the same character, and no text after it. */
function closes(opening: Fence, fence: Fence | undefined): boolean {
  return fence?.character === opening.character && fence.length >= opening.length && fence.info === "";
}

/**
 * The blocks of a text, in order. Inside a block, a fence with a language opens a nested one, if all of them are
 * closed. Indented fences count only if there are no others.
 */
export function fencedBlocks(lines: readonly string[]): FencedBlock[] {
  const found = blocksOf(lines, false);
  return found.length > 0 ? found : blocksOf(lines, true);
}

function blocksOf(lines: readonly string[], anywhere: boolean): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  const fences = lines.map((line) => fenceOf(line, anywhere));
  for (let i = 0; i < lines.length; i++) {
    const opening = fences[i];
    if (!opening) continue;
    const end = endOf(fences, i, opening);
    blocks.push(block(lines, i, end ?? lines.length, opening));
    if (end === undefined) break;
    i = end;
  }
  return blocks;
}

function endOf(fences: readonly (Fence | undefined)[], start: number, opening: Fence): number | undefined {
  let depth = 0;
  let first: number | undefined;
  for (let i = start + 1; i < fences.length; i++) {
    const fence = fences[i];
    if (!fence || fence.character !== opening.character || fence.length < opening.length) continue;
    if (!closes(opening, fence)) depth++;
    else {
      first ??= i;
      if (depth === 0) return i;
      depth--;
    }
  }
  return first;
}

/**
 * One block from the first fence to the last one that can close it: for Markdown whose outer fences are not longer than
 * those inside. The block is open if the fences inside it are not paired. Undefined without a fence.
 */
export function outermostBlock(lines: readonly string[]): FencedBlock | undefined {
  const all = lines.map((line) => fenceOf(line, false));
  const start = all.findIndex((fence) => fence);
  const opening = all[start];
  if (!opening) return undefined;
  const fences = all.flatMap((fence, i) =>
    i >= start && fence?.character === opening.character && fence.length >= opening.length ? [i] : [],
  );
  const last = fences.at(-1)!;
  const paired = fences.length % 2 === 0 && closes(opening, all[last]);
  return block(lines, start, paired ? last : lines.length, opening);
}

/** The code of a block without a closing fence. The fence can be at the end of the last line, or malformed. */
export function closedCode({ code }: Pick<FencedBlock, "code">): string {
  const lines = code.split("\n");
  const glued = lines.findIndex((line) => /[^`\s]\s*`{3,}\s*$/.test(line) && !/^\s*`{3}/.test(line));
  if (glued >= 0) return [...lines.slice(0, glued), lines[glued]!.replace(/\s*`{3,}\s*$/, "")].join("\n");
  const wrong = lines.findLastIndex((line) => /^\s*(?:`{2,}|~{3,})/.test(line));
  const tail = lines.slice(wrong + 1);
  return wrong >= 0 && tail.every((line) => line.trim() === "") ? lines.slice(0, wrong).join("\n") : code;
}

function block(lines: readonly string[], start: number, end: number, opening: Fence): FencedBlock {
  // Remove the fence's indentation from the lines.
  const outdent = new RegExp(`^[ \\t]{0,${opening.indentation}}`);
  const code = lines.slice(start + 1, end).map((line) => line.replace(outdent, ""));
  const open = end >= lines.length;
  return { code: code.join("\n"), open, info: opening.info, first: start, last: open ? lines.length - 1 : end };
}
