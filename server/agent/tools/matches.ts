/** Lines of a text that a pattern matches. A pattern comes from the model: it may take as long as it likes only for a while. */
import { createContext, type Script, Script as VmScript } from "node:vm";
import type { Pattern } from "../workspace/ripgrep.ts";

/** For one file, ms. */
const TIMEOUT_MS = 200;
/** Longer lines are generated code, characters. */
const MAX_LINE_CHARS = 2000;

/** A pattern, and a function that finds the 0-based numbers of the lines that it matches. */
export type LineSearch = { pattern: Pattern; matches: (lines: readonly string[]) => number[] };

/** `/…/` is a regular expression, `/…/i` ignores case. Anything else is text. Undefined for an invalid expression. */
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
  // Only a script of its own can be stopped while an expression runs.
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
