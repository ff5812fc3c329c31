/** Leading white space: its common part, and one level of it. */
import { isBlank } from "./lines.ts";

/** The spaces and tabs at the beginning of a line. */
export function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

/** Width in columns, with four columns for a tab. Only for comparing lines of one file. */
export function indentationWidth(line: string): number {
  return indentationOf(line).replaceAll("\t", "    ").length;
}

/** The longest indentation that all lines share, except for blank ones. */
export function commonIndentation(lines: readonly string[]): string {
  let common: string | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = indentationOf(line);
    common = common === undefined ? own : sharedStart(common, own);
  }
  return common ?? "";
}

/** Removes this indentation from a line, or as much of it as there is. */
export function dedent(line: string, indentation: string): string {
  return line.slice(sharedStart(line, indentation).length);
}

/**
 * One level of indentation: a tab, a number of spaces, or undefined if the lines do not show it. Among spaces, the most
 * frequent step to a deeper line counts. Single spaces and lines below an open parenthesis are alignment.
 */
export function indentationUnit(lines: readonly string[]): string | undefined {
  const placed = placements(lines);
  const steps = new Map<number, number>();
  let tabs = 0;
  let spaces = 0;
  let before: number | undefined;
  for (const [i, line] of lines.entries()) {
    if (isBlank(line) || placed[i] === "aligned") continue;
    const own = indentationOf(line);
    if (own.startsWith("\t")) tabs++;
    else if (own.length > 1) spaces++;
    if (own.includes("\t")) continue;
    const step = own.length - (before ?? own.length);
    before = own.length;
    if (step >= 2 && step <= (placed[i] === "hanging" ? 4 : 8)) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  if (tabs > spaces) return "\t";
  const [most] = [...steps].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b);
  return most && " ".repeat(most[0]);
}

/**
 * `aligned`: below the text after an open parenthesis. `hanging`: inside a parenthesis that ends its line; the step can
 * have any size.
 */
export type Placement = "aligned" | "hanging" | undefined;

/** The placement of each line. Undefined for a line outside parentheses. */
export function placements(lines: readonly string[]): Placement[] {
  const open: Placement[] = [];
  return lines.map((line) => {
    const placement = open.at(-1);
    const code = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (text) => "_".repeat(text.length));
    for (const { 0: sign, index } of code.matchAll(/[()[\]{}]/g)) {
      if (!/[([{]/.test(sign)) open.pop();
      else if (sign !== "(") open.push(undefined);
      else open.push(isBlank(code.slice(index + 1)) ? "hanging" : "aligned");
    }
    return placement;
  });
}

/** Converts the levels of a line to another unit. A remainder stays: it aligns something. */
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
