/** Leading white space: what lines share of it, and what one level of it is. */
import { isBlank } from "./lines.ts";

export function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

/** In columns, a tab being four: only for comparing lines of one file. */
export function indentationWidth(line: string): number {
  return indentationOf(line).replaceAll("\t", "    ").length;
}

/** The longest indentation that all lines begin with, blank ones aside. */
export function commonIndentation(lines: readonly string[]): string {
  let common: string | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = indentationOf(line);
    common = common === undefined ? own : sharedStart(common, own);
  }
  return common ?? "";
}

/** Takes an indentation off a line; off a blank line, as much of it as there is. */
export function dedent(line: string, indentation: string): string {
  return line.slice(sharedStart(line, indentation).length);
}

/**
 * One level of indentation: a tab, so many spaces, or undefined where the lines do not tell. Of spaces, the most
 * frequent step from one line to a deeper one counts; single spaces are alignment.
 */
export function indentationUnit(lines: readonly string[]): string | undefined {
  const steps = new Map<number, number>();
  let tabs = 0;
  let spaces = 0;
  let before = 0;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = indentationOf(line);
    if (own.startsWith("\t")) tabs++;
    else if (own.length > 1) spaces++;
    if (own.includes("\t")) continue;
    const step = own.length - before;
    before = own.length;
    if (step >= 2 && step <= 8) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  if (tabs > spaces) return "\t";
  const [most] = [...steps].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b);
  return most && " ".repeat(most[0]);
}

/** A line whose levels are written in another unit. What is no whole level stays: it aligns something. */
export function convertIndentation(line: string, from: string, to: string): string {
  const own = indentationOf(line);
  let levels = 0;
  while (own.startsWith(from, levels * from.length)) levels++;
  return to.repeat(levels) + line.slice(levels * from.length);
}

function sharedStart(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a.slice(0, i);
}
