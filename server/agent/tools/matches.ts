/** Finds the lines of a text that match a pattern. The model's patterns can be slow, so they have a time limit. */
import { createContext, type Script, Script as VmScript } from "node:vm";
import type { Pattern } from "../workspace/ripgrep.ts";

/** Time limit for one file, and for several files at once, ms. */
const TIMEOUT_MS = 500;
/** When this many files have exceeded it, the search ends: else it would stop everything else for minutes. */
const MAX_SLOW_FILES = 3;
/** Longer lines are generated code and not searched, characters. */
const MAX_LINE_CHARS = 2000;

/** The lines of one file. */
type Lines = readonly string[];

/**
 * A pattern, and a function that finds the lines of several files that it matches: their 0-based numbers in each file.
 * `hasSkipped`: whether it was too slow for some of them. `isTooSlow`: whether the search is to end here.
 */
export type LineSearch = {
  pattern: Pattern;
  matches: (files: readonly Lines[]) => number[][];
  hasSkipped: () => boolean;
  isTooSlow: () => boolean;
};

/**
 * `/…/` is a regular expression, `/…/i` ignores case. Any other query is a text. Undefined for an invalid expression. A
 * file that exceeds the time limit has no matches.
 */
export function lineSearch(query: string): LineSearch | undefined {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(query) ?? [];
  if (source === undefined)
    return {
      pattern: { text: query },
      matches: (files) => files.map((lines) => lines.flatMap((line, i) => (line.includes(query) ? [i] : []))),
      hasSkipped: () => false,
      isTooSlow: () => false,
    };
  try {
    new RegExp(source, flags);
  } catch {
    return undefined;
  }
  const script: Script = new VmScript(
    "files.map((lines) => lines.flatMap((line, i) => (line.length <= most && expression.test(line) ? [i] : [])))",
  );
  // Only a vm script has a time limit that also stops a running expression.
  const context = createContext({ most: MAX_LINE_CHARS, expression: new RegExp(source, flags) });
  let slow = 0;
  const isTooSlow = () => slow >= MAX_SLOW_FILES;
  // Each start of a script takes as long as many files.
  const matches = (files: readonly Lines[]): number[][] => {
    context.files = files;
    try {
      const found = script.runInContext(context, { timeout: TIMEOUT_MS }) as number[][];
      return Array.from(found, (lines) => [...lines]);
    } catch {
      if (files.length > 1) return files.flatMap((lines) => (isTooSlow() ? [[]] : matches([lines])));
      slow++;
      return [[]];
    }
  };
  return { pattern: { source, ignoreCase: flags === "i" }, matches, hasSkipped: () => slow > 0, isTooSlow };
}
