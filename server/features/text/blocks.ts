/** Search-and-replace blocks: the form in which long code is edited. */

/** One change. `search`: the lines to replace. */
export type EditBlock = { search: string[]; replacement: string[] };

/** The lines that begin, divide and end a block. */
export type Markers = { search: string; separator: string; replace: string };

/** The blocks of a reply. */
export type ParsedBlocks = {
  blocks: EditBlock[];
  /** Search passages of blocks that are not well-formed. */
  malformed: string[][];
  /** The reply ended inside a block. */
  open: boolean;
};

/** Minimum length of a marker's run of signs, characters. */
const MIN_RUN = 7;

/** Markers longer than any similar line in the code, so that code is never mistaken for a marker. */
export function markersFor(code: string): Markers {
  const runs = [...code.matchAll(/^(?:<+|=+|>+)/gm)];
  const length = runs.reduce((longest, [run]) => Math.max(longest, run.length + 1), MIN_RUN);
  return {
    search: `${"<".repeat(length)} SEARCH`,
    separator: "=".repeat(length),
    replace: `${">".repeat(length)} REPLACE`,
  };
}

/** Reads the blocks of a reply. Only lines that equal a marker delimit blocks. Text around them is dropped. */
export function parseBlocks(reply: readonly string[], markers: Markers): ParsedBlocks {
  const parsed: ParsedBlocks = { blocks: [], malformed: [], open: false };
  let block: EditBlock | undefined;
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
