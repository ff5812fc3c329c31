/** The file, the code that is applied to it, and the replacements that result. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { fitLevels } from "../text/fitReply.ts";
import { commonIndentation, indentationOf, indentationWidth } from "../text/indentation.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";
import { linesInStrings } from "../text/literals.ts";

/** A text with its outline: the file, or the answer's code. */
export type Source = {
  lines: readonly string[];
  declarations: readonly Declaration[];
  /** The number of places that do not parse. */
  errors: number;
  languageId: string;
};

/** Lines of the file, 0-based, both inclusive, and those that replace them. For an insertion, `last` is `first - 1`. */
export type Replacement = { first: number; last: number; lines: string[] };

/** The error for code that has no clear place. `reason`: a clause in the language of the user. */
export function notPlaced(reason: string): EngineError {
  return new EngineError("notPlaced", t("The code could not be placed in the file: {0}.", reason));
}

/** Replaces lines of the file by lines of code, with the file's depth. `unit`: one level of its indentation. */
export function replacement(
  file: Source,
  { first, last }: { first: number; last: number },
  lines: readonly string[],
  unit: string | undefined,
): Replacement {
  return { first, last, lines: indentedLike(lines, file.lines.slice(first, last + 1), unit, file.languageId) };
}

/**
 * Indents lines like `beside`: the first line, or the one at `anchor`, becomes as deep as the first one there. Less
 * deep lines, such as those of a multi-line string, stay as they are. `unit`: one level of the file's indentation.
 */
export function indentedLike(
  lines: readonly string[],
  beside: readonly string[],
  unit: string | undefined,
  languageId: string,
  anchor = 0,
): string[] {
  const firsts = [lines.slice(anchor), beside].map((all) => indentationOf(all.find((line) => !isBlank(line)) ?? ""));
  const inside = [lines, beside].map((all) => linesInStrings(all, languageId));
  const least = [lines, beside].map((all, of) => commonIndentation(all.filter((_, i) => !inside[of]![i])));
  // If both texts begin deeper than they continue, and by the same width, their least deep lines are matched instead.
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
 * Marks the lines in strings that keep their indentation: the file has one of the string's lines as it is, or the
 * string is less deep than the line on which it begins.
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

/** A line, trimmed and in quotes, for messages. */
export const quoted = (line: string) => `"${line.trim()}"`;

/** The numbers of the lines of a range that are not blank. `last`: inclusive. */
export function filled(lines: readonly string[], first: number, last: number): number[] {
  return lineNumbers(first, last).filter((i) => !isBlank(lines[i]!));
}
