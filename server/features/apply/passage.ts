/** Code that is no declaration: its first line and its last one say where it belongs. */
import { t } from "@vscode/l10n";
import { isBlank } from "../lines.ts";
import { filled, notPlaced, quoted, type Replacement, replacement, type Source } from "./source.ts";

type Lines = { first: number; last: number };

/** A passage that shrinks by more than that is more likely to be another one. */
const MOST_TIMES_LONGER = 3;
const MOST_LINES_LONGER = 10;

/** Lines of the code in the place of those of the file that begin and end alike. Throws EngineError notPlaced. */
export function placePassage(
  file: Source,
  region: Lines,
  code: Source,
  lines: Lines,
  unit: string | undefined,
): Replacement {
  const own = filled(code.lines, lines.first, lines.last);
  if (own.length === 0) throw notPlaced(t("there is no code in it"));
  const [from, to] = [own[0]!, own.at(-1)!];
  const first = only(file, region, code.lines[from]!);
  const last = from === to ? first : only(file, region, code.lines[to]!);
  if (last < first)
    throw notPlaced(t("{0} comes before {1} in it", quoted(code.lines[to]!), quoted(code.lines[from]!)));
  const [before, now] = [last - first + 1, to - from + 1];
  if (before > now * MOST_TIMES_LONGER + MOST_LINES_LONGER)
    throw notPlaced(
      t(
        "there are {0} lines from {1} to {2}, and not {3}",
        before,
        quoted(code.lines[from]!),
        quoted(code.lines[to]!),
        now,
      ),
    );
  return replacement(file, { first, last }, code.lines.slice(from, to + 1), unit);
}

/** The one line of a region that reads so. */
export function only(file: Source, { first, last }: Lines, line: string): number {
  const wanted = line.trim();
  const found = filled(file.lines, first, last).filter((i) => file.lines[i]!.trim() === wanted);
  if (found.length === 1) return found[0]!;
  throw notPlaced(
    found.length === 0 ? t("{0} is not in it", quoted(line)) : t("{0} is in it {1} times", quoted(line), found.length),
  );
}

/**
 * Code with parts left out: each part that is there begins and ends with a line of the file. Of a declaration that is
 * known by its name, the first line is where the region begins, whatever it says.
 */
export function placeParts(
  file: Source,
  region: Lines,
  code: Source,
  lines: Lines,
  { isElided, unit, named }: { isElided: (line: number) => boolean; unit: string | undefined; named: boolean },
): Replacement[] {
  const parts = partsOf(code, lines, isElided);
  let from = region.first;
  return parts.map(({ first, last }, i) => {
    const own = filled(code.lines, first, last);
    const [head, tail] = [own[0]!, own.at(-1)!];
    const opens = named && i === 0 && head === lines.first;
    const closes = named && tail === lines.last && file.lines[region.last]!.trim() === code.lines[tail]!.trim();
    const rest = { first: from, last: region.last };
    const single = head === tail;
    const start = opens ? region.first : closes && single ? region.last : only(file, rest, code.lines[head]!);
    const end = closes ? region.last : single ? start : only(file, { ...rest, first: start }, code.lines[tail]!);
    if (start < from || end < start) throw notPlaced(t("{0} is out of order in it", quoted(code.lines[head]!)));
    from = end + 1;
    return replacement(file, { first: start, last: end }, code.lines.slice(head, tail + 1), unit);
  });
}

function partsOf(code: Source, { first, last }: Lines, isElided: (line: number) => boolean): Lines[] {
  const parts: Lines[] = [];
  let open: Lines | undefined;
  for (let line = first; line <= last; line++) {
    if (isElided(line)) open = undefined;
    else if (open) open.last = line;
    else if (!isBlank(code.lines[line]!)) {
      open = { first: line, last: line };
      parts.push(open);
    }
  }
  return parts;
}
