/** Finds the lines of a text that match a pattern. The model's patterns can be slow, so they have a time limit. */
import { createContext, type Script, Script as VmScript } from "node:vm";
import type { Pattern } from "../workspace/ripgrep.ts";

/** Time limit for one file, ms. */
const TIMEOUT_MS = 200;
/** Longer lines are generated code and not searched, characters. */
const MAX_LINE_CHARS = 2000;

/** A pattern, and a function that finds the 0-based numbers of the lines that it matches. */
export type LineSearch = { pattern: Pattern; matches: (lines: readonly string[]) => number[] };

/**
 * `/…/` is a regular expression, `/…/i` ignores case. Any other query is a text. Undefined for an invalid expression. A
 * file that exceeds the time limit has no matches.
 */
export function lineSearch(query: string): LineSearch | undefined {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(query) ?? [];
  if (source === undefined)
    return {
      pattern: { text: query },
      matches: (lines) => lines.flatMap((line, i) => (line.includes(query) ? [i] : [])),
    };
  try {
    new RegExp(source, flags);
  } catch {
    return undefined;
  }
  const script: Script = new VmScript(
    "lines.flatMap((line, i) => (line.length <= most && expression.test(line) ? [i] : []))",
  );
  // Only a vm script has a time limit that also stops a running expression.
  const matches = (lines: readonly string[]) => {
    const context = createContext({ lines, most: MAX_LINE_CHARS, expression: new RegExp(source, flags) });
    try {
      return [...(script.runInContext(context, { timeout: TIMEOUT_MS }) as number[])];
    } catch {
      return [];
    }
  };
  return { pattern: { source, ignoreCase: flags === "i" }, matches };
}
