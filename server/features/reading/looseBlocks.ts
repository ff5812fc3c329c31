/** Reads passages whose markers differ slightly from the requested ones. */
import type { EditBlock, ParsedBlocks } from "../text/blocks.ts";
import { withoutFences } from "./dressing.ts";

const SEARCH = /^\s*[*`]*<{5,}\s*(?:search|original|old|before|find|head|current)?:?\s*[*`]*$/i;
const SEPARATOR = /^\s*={5,}\s*$/;
const REPLACE = /^\s*[*`]*>{5,}\s*(?:replaced?|updated?|new|after|replacement|changed)?:?\s*[*`]*$/i;
/** Markers with a word in capitals, which nothing else has. Some models use the signs of a diff. */
const NAMED_SEARCH = /^\s*[*`]*[<-]{5,} ?SEARCH\s*[*`]*$/;
const NAMED_REPLACE = /^\s*[*`]*[>+]{5,} ?REPLACE\s*[*`]*$/;
const isSearch = (line: string) => SEARCH.test(line) || NAMED_SEARCH.test(line);
const isSeparator = (line: string) => SEPARATOR.test(line);
const isReplace = (line: string) => REPLACE.test(line) || NAMED_REPLACE.test(line);
const isNamed = (line: string) => NAMED_SEARCH.test(line) || NAMED_REPLACE.test(line);
const FENCE = /^\s*(?:`{3,}|~{3,})\S*\s*$/;

/** Whether the lines have both markers. Markers that the selection itself contains do not count. */
export function hasMarkers(lines: readonly string[], selected: readonly string[]): boolean {
  return [isSearch, isSeparator].every((isMarker) => lines.some(isMarker) && !selected.some(isMarker));
}

/** Whether code contains a marker, which shows that a part of a passage is missing. */
export function hasStrayMarker(lines: readonly string[], selected: readonly string[]): boolean {
  return lines.some(isNamed) && !selected.some(isNamed);
}

/** Like parseBlocks, but the last block may lack its end marker. If its replacement is incomplete, `open` is true. */
export function parseLoosely(reply: readonly string[], cutOff: boolean): ParsedBlocks {
  const parsed: ParsedBlocks = { blocks: [], malformed: [], open: false };
  let block: EditBlock | undefined;
  let part: string[] | undefined;
  let fenced = false;
  const close = () => {
    if (block && part === block.replacement) parsed.blocks.push(unfencedBlock(block));
    else if (block) parsed.malformed.push(block.search);
    block = undefined;
  };
  for (const line of reply) {
    if (isSearch(line)) {
      close();
      block = { search: [], replacement: [] };
      part = block.search;
    } else if (block && isSeparator(line) && part === block.search) part = block.replacement;
    else if (block && isReplace(line)) close();
    else if (block) part!.push(line);
    else if (FENCE.test(line)) fenced = !fenced;
  }
  if (!block) return parsed;
  if (cutOff || part === block.search) {
    parsed.malformed.push(block.search);
    return { ...parsed, open: true };
  }
  // The closing fence ends the passage.
  const end = fenced ? block.replacement.findLastIndex((line) => FENCE.test(line)) : -1;
  if (end >= 0) block.replacement.length = end;
  close();
  return parsed;
}

/** The block without fences around its parts. */
export function unfencedBlock({ search, replacement }: EditBlock): EditBlock {
  return { search: withoutFences(search), replacement: withoutFences(replacement) };
}
