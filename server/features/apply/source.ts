/** The two texts of an application, and what is done to the one with the other. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { fitLevels } from "../text/fitReply.ts";
import { commonIndentation, indentationOf, indentationWidth } from "../text/indentation.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";
import { linesInStrings } from "../text/literals.ts";

export type Source = {
  lines: readonly string[];
  declarations: readonly Declaration[];
  /** Places that do not parse. */
  errors: number;
  languageId: string;
};

/** Lines of the file, 0-based, both inclusive, and what takes their place; `last` is `first - 1` where lines come in. */
export type Replacement = { first: number; last: number; lines: string[] };

/** `looked`: for what, and what came of it. */
export function notPlaced(looked: string): EngineError {
  return new EngineError("notPlaced", t("The code could not be placed in the file: {0}.", looked));
}

/** Lines of code in the place of lines of the file, as deep as those are, in the file's unit of indentation. */
export function replacement(
  file: Source,
  { first, last }: { first: number; last: number },
  lines: readonly string[],
  unit: string | undefined,
): Replacement {
  return { first, last, lines: asDeepAs(lines, file.lines.slice(first, last + 1), unit, file.languageId) };
}

/**
 * Lines as deep as others are: the first of them, or the one at `anchor`, as deep as the first of those. What stands
 * further out, such as the text in a string of several lines, stays where it is.
 */
export function asDeepAs(
  lines: readonly string[],
  beside: readonly string[],
  unit: string | undefined,
  languageId: string,
  anchor = 0,
): string[] {
  const firsts = [lines.slice(anchor), beside].map((all) => indentationOf(all.find((line) => !isBlank(line)) ?? ""));
  const inside = [lines, beside].map((all) => linesInStrings(all, languageId));
  const least = [lines, beside].map((all, of) => commonIndentation(all.filter((_, i) => !inside[of]![i])));
  // Where both begin deeper than they go on, and by as much, the first lines say nothing more than the others.
  const alike = firsts[0]!.length - least[0]!.length === firsts[1]!.length - least[1]!.length;
  const [own, depth] = (alike ? least : firsts) as [string, string];
  const known = new Set(beside.filter((line, i) => inside[1]![i] && /\w/.test(line)));
  const moved = (line: string) => (line.startsWith(own) ? depth + line.slice(own.length) : line);
  const stays = textThatStays(
    lines,
    inside[0]!,
    (line) => known.has(line),
    (line) => known.has(moved(line)),
  );
  const within = (i: number) => !stays[i] && (isBlank(lines[i]!) || lines[i]!.startsWith(own));
  const shown = beside.filter((line) => line.startsWith(depth)).map((line) => line.slice(depth.length));
  const fitted = fitLevels(
    lines.filter((_, i) => within(i)).map((line) => line.slice(own.length)),
    shown,
    unit,
  );
  return lines.map((line, i) => {
    if (!within(i)) return line;
    const level = fitted.shift()!;
    return isBlank(level) ? "" : depth + level;
  });
}

/**
 * Lines of strings that are not indented along with the code: of those that the file has just so, or that stand further
 * out than the line on which they begin.
 */
function textThatStays(
  lines: readonly string[],
  inside: readonly boolean[],
  isKnown: (line: string) => boolean,
  isKnownMoved: (line: string) => boolean,
): boolean[] {
  const stays = lines.map(() => false);
  for (let from = 0; from < lines.length; from++) {
    if (!inside[from]) continue;
    let end = from;
    while (inside[end]) end++;
    const text = lines.slice(from, end);
    const further = indentationWidth(commonIndentation(text)) < indentationWidth(lines[from - 1] ?? "");
    if (text.some(isKnown) || (further && !text.some(isKnownMoved))) stays.fill(true, from, end);
    from = end;
  }
  return stays;
}

export const quoted = (line: string) => `"${line.trim()}"`;

/** The lines of a range that hold something. */
export function filled(lines: readonly string[], first: number, last: number): number[] {
  return lineNumbers(first, last).filter((i) => !isBlank(lines[i]!));
}
