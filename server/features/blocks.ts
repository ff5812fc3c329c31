/** Passages to find and what takes their place: the form in which long code is edited. */

export type Block = { search: string[]; replacement: string[] };

/** The lines that begin, divide and end a block. */
export type Markers = { search: string; separator: string; replace: string };

export type ParsedBlocks = {
  blocks: Block[];
  /** Passages of blocks that were begun, and are none. */
  malformed: string[][];
  /** The reply ended inside of a block. */
  open: boolean;
};

const SHORTEST_RUN = 7;

/** Longer than anything alike in the code, so that code cannot be taken for a marker. */
export function markersFor(code: string): Markers {
  const runs = [...code.matchAll(/^(?:<+|=+|>+)/gm)];
  const length = runs.reduce((longest, [run]) => Math.max(longest, run.length + 1), SHORTEST_RUN);
  return {
    search: `${"<".repeat(length)} SEARCH`,
    separator: "=".repeat(length),
    replace: `${">".repeat(length)} REPLACE`,
  };
}

/** Only whole blocks count, and only lines that are exactly markers delimit them; what stands around them is dropped. */
export function parseBlocks(reply: readonly string[], markers: Markers): ParsedBlocks {
  const parsed: ParsedBlocks = { blocks: [], malformed: [], open: false };
  let block: Block | undefined;
  let part: string[] | undefined;
  let bad = false;
  const close = () => {
    if (block && bad) parsed.malformed.push(block.search);
    block = undefined;
    part = undefined;
    bad = false;
  };
  for (const line of reply) {
    const marker = line.trimEnd();
    if (marker === markers.search) {
      bad ||= block !== undefined;
      close();
      block = { search: [], replacement: [] };
      part = block.search;
    } else if (!block) {
      // Prose, and fences around the blocks.
    } else if (marker === markers.separator) {
      bad ||= part === block.replacement;
      part = block.replacement;
    } else if (marker === markers.replace) {
      bad ||= part === block.search;
      if (!bad) parsed.blocks.push(block);
      close();
    } else part?.push(line);
  }
  parsed.open = block !== undefined;
  return parsed;
}
