/** Places code that is not a declaration: its first line and its last one show where it belongs. */
import { t } from "@vscode/l10n";
import { indentationOf } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { filled, indentedLike, notPlaced, quoted, type Replacement, replacement, type Source } from "./source.ts";

type Lines = { first: number; last: number };

/** A passage longer than the code by more than this factor and these lines is probably another passage. */
const MOST_TIMES_LONGER = 3;
const MOST_LINES_LONGER = 10;

/** Replaces the lines of the file that begin and end like the code. Throws EngineError notPlaced. */
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
  const first = onlyLine(file, region, code.lines[from]!);
  const last = from === to ? first : onlyLine(file, region, code.lines[to]!);
  if (last < first)
    throw notPlaced(t("{0} comes before {1} in it", quoted(code.lines[to]!), quoted(code.lines[from]!)));
  const [before, now] = [last - first + 1, to - from + 1];
  if (
    before > now * MOST_TIMES_LONGER + MOST_LINES_LONGER ||
    dropsStatements(file, { first, last }, code, { first: from, last: to })
  )
    throw notPlaced(
      t(
        "there are {0} lines from {1} to {2}, not {3}",
        before,
        quoted(code.lines[from]!),
        quoted(code.lines[to]!),
        now,
      ),
    );
  return replacement(file, { first, last }, code.lines.slice(from, to + 1), unit);
}

/** Whether the code drops at least two more statements than it adds, of those as deep as the first line. */
function dropsStatements(file: Source, region: Lines, code: Source, lines: Lines): boolean {
  const beside = ({ lines: all }: Source, { first, last }: Lines) => {
    const depth = indentationOf(all[first]!);
    const isStatement = (i: number) =>
      i > first && i < last && indentationOf(all[i]!) === depth && /^\w/.test(all[i]!.trim());
    return filled(all, first, last).flatMap((i) => (isStatement(i) ? [all[i]!.trim()] : []));
  };
  const [before, now] = [beside(file, region), beside(code, lines)];
  const [old, fresh] = [new Set(before), new Set(now)];
  const lost = before.filter((line) => !fresh.has(line)).length;
  return lost >= 2 + now.filter((line) => !old.has(line)).length;
}

/** The only line of a region with this text. Throws EngineError notPlaced if there is none, or more than one. */
function onlyLine(file: Source, { first, last }: Lines, line: string): number {
  const wanted = line.trim();
  const found = filled(file.lines, first, last).filter((i) => file.lines[i]!.trim() === wanted);
  if (found.length === 1) return found[0]!;
  throw notPlaced(
    found.length === 0 ? t("{0} is not in it", quoted(line)) : t("{0} is in it {1} times", quoted(line), found.length),
  );
}

type PartOptions = { isElided: (line: number) => boolean; unit: string | undefined; named: boolean };

/**
 * Places code with omitted parts. Each part that is present must contain lines of the file. It replaces the file's
 * lines from the first of these to the last; its lines before and after them are new. For a `named` declaration, the
 * first line of the code is the region's first line, whatever it says. Throws EngineError notPlaced, also if a new line
 * may be a changed line of the file.
 */
export function placeParts(
  file: Source,
  region: Lines,
  code: Source,
  lines: Lines,
  { isElided, unit, named }: PartOptions,
): Replacement[] {
  const parts = partsOf(code, lines, isElided);
  let from = region.first;
  const placed = parts.flatMap(({ first, last }, i) => {
    const own = filled(code.lines, first, last);
    const opens = named && i === 0 && own[0] === lines.first;
    const closes =
      named && own.at(-1) === lines.last && file.lines[region.last]!.trim() === code.lines[lines.last]!.trim();
    const at = (line: number) => {
      if (opens && line === own[0]) return region.first;
      if (closes && line === own.at(-1)) return region.last;
      return uniqueLine(file, { first: from, last: region.last }, code.lines[line]!);
    };
    const known = own.flatMap((line) => {
      const found = at(line);
      return found === undefined ? [] : [{ line, found }];
    });
    const [head, tail] = [known[0], known.at(-1)];
    // Code outside a named declaration must begin and end with lines of the file.
    const strange = own.find(
      (line) => (!named || !head) && (line === own[0] || line === own.at(-1)) && at(line) === undefined,
    );
    if (!head || !tail || strange !== undefined)
      throw notIn(file, { first: from, last: region.last }, code.lines[strange ?? own[0]!]!);
    if (head.found < from || tail.found < head.found)
      throw notPlaced(t("{0} is out of order in it", quoted(code.lines[head.line]!)));
    const fresh = own.filter((line) => line < head.line || line > tail.line);
    const left = filled(file.lines, from, region.last).filter((line) => line < head.found || line > tail.found);
    const changed =
      fresh[
        changedLine(
          fresh.map((line) => code.lines[line]!),
          left.map((line) => file.lines[line]!),
        )
      ];
    if (changed !== undefined) throw notPlaced(t("{0} is not in it", quoted(code.lines[changed]!)));
    const [top, end] = [own[0]!, own.at(-1)!];
    const beside = file.lines.slice(head.found, tail.found + 1);
    const text = indentedLike(code.lines.slice(top, end + 1), beside, unit, file.languageId, head.line - top);
    const comma = closes && head.found === region.last ? missingComma(file, from, head.found, code.lines[top]!) : [];
    from = tail.found + 1;
    return [...comma, { first: head.found, last: tail.found, lines: text }];
  });
  return placed;
}

/** The line of a region with this text, if it is the only one. */
function uniqueLine(file: Source, { first, last }: Lines, line: string): number | undefined {
  const wanted = line.trim();
  const found = filled(file.lines, first, last).filter((i) => file.lines[i]!.trim() === wanted);
  return found.length === 1 ? found[0] : undefined;
}

const notIn = (file: Source, region: Lines, line: string): Error => {
  const count = filled(file.lines, region.first, region.last).filter(
    (i) => file.lines[i]!.trim() === line.trim(),
  ).length;
  return notPlaced(
    count === 0 ? t("{0} is not in it", quoted(line)) : t("{0} is in it {1} times", quoted(line), count),
  );
};

const HEAD =
  /^(?:return|throw|raise|yield|break|continue)\b|^(?:(?:const|let|var|val|auto|final|local|my|static|public|private|protected|readonly)\s+)*[\w$.@"'-]+(?:\s+[\w$]+)?\s*(?:[-+*/|&?]?=(?!=)|:|\()/;
const CONTROL = /^(?:if|else|for|foreach|while|until|unless|switch|match|case|when|catch|except|with|elif)\b/;
/** Two lines are alike if they share this part of the longer one's words. */
const ALIKE = 0.6;

/** Maximum number of pairs of lines to compare word by word: more would take seconds. */
const MOST_PAIRS = 100_000;

/** The index of a line that may be a changed form of another: it sets or calls the same, or is alike. -1 for none. */
function changedLine(lines: readonly string[], others: readonly string[]): number {
  const heads = new Set(others.flatMap((other) => headOf(other) ?? []));
  const many = lines.length * others.length > MOST_PAIRS;
  const words = many ? [] : others.map(wordsIn);
  return lines.findIndex((line) => {
    const head = headOf(line);
    const own = wordsIn(line);
    return (head !== undefined && heads.has(head)) || words.some((other) => isAlike(own, other));
  });
}

function headOf(line: string): string | undefined {
  const text = line.trim();
  return CONTROL.test(text) ? undefined : HEAD.exec(text)?.[0].replace(/\s/g, "");
}

const wordsIn = (line: string) => new Set(line.match(/[\w$]+/g) ?? []);

function isAlike(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared > 1 && shared >= Math.max(words.size, others.size) * ALIKE;
}

/** Adds a comma to the entry that was the last one, if the code adds an entry after it. */
function missingComma(file: Source, from: number, end: number, fresh: string): Replacement[] {
  const last = filled(file.lines, from, end - 1).at(-1);
  const text = last === undefined ? "" : file.lines[last]!.trimEnd();
  const isEntry = /^\s*(?:["'[]?[\w$-]+["'\]]?\s*:|\.\.\.)|,\s*$/.test(fresh) && !/;\s*$/.test(fresh);
  if (last === undefined || !isEntry || !/[\w"'`)\]}]$/.test(text)) return [];
  return [{ first: last, last, lines: [`${text},`] }];
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
