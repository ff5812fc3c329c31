/** The two texts of an application, and what is done to the one with the other. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import { fitLevels } from "../fitReply.ts";
import { indentationOf } from "../indentation.ts";
import { isBlank } from "../lines.ts";
import type { Declaration } from "./outline.ts";

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
  return new EngineError("notPlaced", t("The code has no place in the file: {0}.", looked));
}

/** Lines of code in the place of lines of the file, as deep as those are, in the file's unit of indentation. */
export function replacement(
  file: Source,
  { first, last }: { first: number; last: number },
  lines: readonly string[],
  unit: string | undefined,
): Replacement {
  return { first, last, lines: asDeepAs(lines, file.lines.slice(first, last + 1), unit) };
}

/**
 * Lines as deep as others are: the first of them as deep as the first of those. What stands further out, such as the text
 * in a string of several lines, stays where it is.
 */
export function asDeepAs(lines: readonly string[], beside: readonly string[], unit: string | undefined): string[] {
  const [own, depth] = [lines, beside].map((all) => indentationOf(all.find((line) => !isBlank(line)) ?? ""));
  const within = (line: string) => isBlank(line) || line.startsWith(own!);
  const shown = beside.filter((line) => line.startsWith(depth!)).map((line) => line.slice(depth!.length));
  const fitted = fitLevels(
    lines.filter(within).map((line) => line.slice(own!.length)),
    shown,
    unit,
  );
  return lines.map((line) => {
    if (!within(line)) return line;
    const level = fitted.shift()!;
    return isBlank(level) ? "" : depth + level;
  });
}

export const quoted = (line: string) => `"${line.trim()}"`;

/** The lines of a range that hold something. */
export function filled(lines: readonly string[], first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter((i) => !isBlank(lines[i]!));
}
