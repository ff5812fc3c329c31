/** Finds a passage in code: exactly, or with more lenient comparisons. */
import { isBlank } from "../text/lines.ts";
import type { RefusalReason } from "./refusals.ts";

/** Lines, `to` exclusive; or a part of one line. `trimmed`: found without the blank lines at the passage's ends. */
export type FoundPassage =
  | { from: number; to: number; trimmed?: boolean }
  | { line: number; start: number; end: number };

/** Minimum number of words in a part of a line: one word is not specific enough. */
const MIN_WORDS = 2;
const STRAIGHT: [RegExp, string][] = [
  [/[‘’‚′]/g, "'"],
  [/[“”„″]/g, '"'],
  [/[‐‑–—]/g, "-"],
  [/\s+/g, " "],
];

/** Comparisons, each more lenient than the one before. */
const FORMS: ((line: string) => string)[] = [
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => STRAIGHT.reduce((text, [sign, plain]) => text.replace(sign, plain), line).trim(),
];

/** Code in one of the forms. `at`: the numbers of its lines, by their text. */
type Indexed = { lines: readonly string[]; at: ReadonlyMap<string, readonly number[]> };

/**
 * Finds passages in `shown`. A passage must occur exactly once, in the first form in which it occurs at all. Each form
 * of the code is computed once for all passages.
 */
export function passageFinder(shown: readonly string[]): (search: readonly string[]) => FoundPassage | RefusalReason {
  const known = new Map<number, Indexed>();
  const formed = (form: number): Indexed => {
    const indexed = known.get(form) ?? indexOf(shown.map(FORMS[form]!));
    known.set(form, indexed);
    return indexed;
  };
  return (search) => findPassage(search, shown, formed);
}

function findPassage(
  search: readonly string[],
  shown: readonly string[],
  formed: (form: number) => Indexed,
): FoundPassage | RefusalReason {
  if (search.every(isBlank)) return "unnamed";
  const first = search.findIndex((line) => !isBlank(line));
  const inner = search.slice(first, search.findLastIndex((line) => !isBlank(line)) + 1);
  for (const [number, form] of FORMS.entries()) {
    for (const [wanted, trimmed] of [
      [search, false],
      [inner, true],
    ] as const) {
      const found = linesAt(wanted.map(form), first - (trimmed ? first : 0), formed(number));
      if (found.length > 1) return "repeated";
      if (found.length === 1) return { from: found[0]!, to: found[0]! + wanted.length, trimmed };
    }
  }
  const piece = inner.length === 1 ? inner[0]!.trim() : "";
  return (piece.match(/[\p{L}\p{N}_]+/gu) ?? []).length >= MIN_WORDS ? pieceOf(piece, shown) : "missing";
}

function indexOf(lines: readonly string[]): Indexed {
  const at = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    const alike = at.get(line);
    if (alike) alike.push(i);
    else at.set(line, [i]);
  }
  return { lines, at };
}

/** The first lines of all matches. `telling`: the index in `search` of a line that is not blank. */
function linesAt(search: readonly string[], telling: number, { lines, at }: Indexed): number[] {
  const starts = (at.get(search[telling]!) ?? []).map((line) => line - telling);
  return starts.filter((start) => start >= 0 && search.every((line, i) => lines[start + i] === line));
}

/** A part of a line with whole words, so that it does not match inside other words. */
function pieceOf(text: string, shown: readonly string[]): FoundPassage | RefusalReason {
  const isWord = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}_]/u.test(sign);
  const found = shown.flatMap((line, i) => {
    const starts: FoundPassage[] = [];
    for (let start = line.indexOf(text); start >= 0; start = line.indexOf(text, start + 1)) {
      const end = start + text.length;
      const cut = (isWord(text[0]) && isWord(line[start - 1])) || (isWord(text.at(-1)) && isWord(line[end]));
      if (!cut) starts.push({ line: i, start, end });
    }
    return starts;
  });
  return found.length > 1 ? "repeated" : (found[0] ?? "missing");
}
