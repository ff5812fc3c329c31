/** Fenced code blocks as CommonMark defines them. */

export type FencedBlock = {
  /** Without the fences, lines joined by "\n". */
  code: string;
  /** No closing fence: everything up to the end of the text is in it. */
  open: boolean;
};

type Fence = { indentation: number; character: string; length: number; info: string };

function fenceOf(line: string): Fence | undefined {
  const match = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line);
  if (!match) return undefined;
  const [, indentation = "", run = "", info = ""] = match;
  // `inline code` can stand at the beginning of a line as well.
  if (run.startsWith("`") && info.includes("`")) return undefined;
  return { indentation: indentation.length, character: run.charAt(0), length: run.length, info: info.trim() };
}

/** At least as long, of the same character, and nothing behind it. */
function closes(opening: Fence, fence: Fence | undefined): boolean {
  return fence?.character === opening.character && fence.length >= opening.length && fence.info === "";
}

/** The blocks of a text, one after the other. */
export function fencedBlocks(lines: readonly string[]): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const opening = fenceOf(lines[i]!);
    if (!opening) continue;
    const end = lines.findIndex((line, n) => n > i && closes(opening, fenceOf(line)));
    blocks.push(block(lines, i, end < 0 ? lines.length : end, opening));
    if (end < 0) break;
    i = end;
  }
  return blocks;
}

/**
 * Everything between the first fence and the last one that can close it, as one block: Markdown that is put between
 * fences no longer than its own. Open where the fences in it do not come in pairs.
 */
export function outermostBlock(lines: readonly string[]): FencedBlock | undefined {
  const start = lines.findIndex((line) => fenceOf(line));
  const opening = start < 0 ? undefined : fenceOf(lines[start]!);
  if (!opening) return undefined;
  const fences = lines.flatMap((line, i) => {
    const fence = i < start ? undefined : fenceOf(line);
    return fence?.character === opening.character && fence.length >= opening.length ? [i] : [];
  });
  const last = fences.at(-1)!;
  const paired = fences.length % 2 === 0 && closes(opening, fenceOf(lines[last]!));
  return block(lines, start, paired ? last : lines.length, opening);
}

function block(lines: readonly string[], start: number, end: number, opening: Fence): FencedBlock {
  // What a fence is indented by is not part of the lines in it.
  const outdent = new RegExp(`^ {0,${opening.indentation}}`);
  const code = lines.slice(start + 1, end).map((line) => line.replace(outdent, ""));
  return { code: code.join("\n"), open: end >= lines.length };
}
