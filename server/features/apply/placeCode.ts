/** Finds where the code of an answer belongs in a file. Pure: no model, no editor. */
import { t } from "@vscode/l10n";
import { isElision } from "../code/elisions.ts";
import { importStatements } from "../code/imports.ts";
import { isBlank } from "../text/lines.ts";
import { unitOf } from "../text/literals.ts";
import { lacksAny, type Placing, placeDeclarations } from "./declarations.ts";
import { addImports } from "./mergeImports.ts";
import { placeParts, placePassage } from "./passage.ts";
import { notPlaced, quoted, type Replacement, type Source } from "./source.ts";

/** From this share of the file's lines on, code may be the whole file. */
const WHOLE_SHARE = 0.6;

/**
 * Code that has most of the file replaces the file. Otherwise its declarations replace the file's, or its first line
 * and its last one show where it goes. Missing imports are added to the file's. No two replacements share a line.
 * Throws EngineError notPlaced, whose message says what was looked for.
 */
export function placeCode(file: Source, code: Source): Replacement[] {
  const known = new Set(file.lines.map((line) => line.trim()));
  const elided = new Set(code.lines.flatMap((line, i) => (isElision(line, file.languageId, known) ? [i] : [])));
  if (elided.size === 0 && isWholeFile(file, code)) return [whole(file, code)];
  const isElided = (line: number) => elided.has(line);
  const placing: Placing = { file, code, unit: unitOf(file.lines, file.languageId), isElided, known };
  const imports = importStatements(code.lines, code.languageId);
  const placed = placeRest(placing, imports);
  const added = addImports(file, code, imports);
  if (placed.length === 0 && added.length === 0 && imports.length === 0) throw notPlaced(t("there is no code in it"));
  return checked([...added, ...placed]);
}

type Lines = { first: number; last: number };

/** Places everything but the imports. */
function placeRest(placing: Placing, imports: readonly Lines[]): Replacement[] {
  const { file, code, unit, isElided, known } = placing;
  const taken = [...imports, ...code.declarations];
  const free = code.lines.flatMap((line, i) =>
    isBlank(line) || isElided(i) || taken.some(({ first, last }) => i >= first && i <= last) ? [] : [i],
  );
  // If the code does not parse, a loose line may be the end of a declaration.
  const strange = free.find((i) => code.errors > 0 || !known.has(code.lines[i]!.trim()));
  if (strange === undefined && code.declarations.length > 0) {
    const wanted = code.declarations.filter(({ first }) => !imports.some((lines) => lines.first === first));
    if (wanted.length > 0) return placeDeclarations(placing, wanted, file.declarations);
  }
  const first = Math.max(0, ...imports.map(({ last }) => last + 1));
  const lines = { first, last: code.lines.length - 1 };
  const region = { first: 0, last: file.lines.length - 1 };
  if (code.lines.slice(first).every(isBlank)) return [];
  try {
    return code.lines.some((_, i) => isElided(i))
      ? placeParts(file, region, code, lines, { isElided, unit, named: false })
      : [placePassage(file, region, code, lines, unit)];
  } catch (error) {
    // If there are declarations, a loose line that the file lacks explains the refusal better.
    if (strange === undefined || code.declarations.length === 0) throw error;
    throw notPlaced(t("it is unclear where {0} belongs", quoted(code.lines[strange]!)));
  }
}

/**
 * Whether the code is the whole file: it begins as the file does, before the first declaration, and has all of its
 * declarations and most of its other lines. Code that begins with a declaration is never the whole file.
 */
function isWholeFile(file: Source, code: Source): boolean {
  const [start, codeStart] = [file, code].map(({ lines }) => lines.findIndex((line) => !isBlank(line)));
  if (start! < 0) return true;
  const [opening] = file.declarations;
  const begins = file.lines[start!]!.trim() === code.lines[codeStart!]?.trim();
  if (!begins || (opening && opening.first <= start!)) return false;
  const wanted = new Set(code.lines.map((line) => line.trim()));
  if (file.declarations.length === 0) {
    const filled = file.lines.filter((line) => !isBlank(line));
    return filled.filter((line) => wanted.has(line.trim())).length >= filled.length * WHOLE_SHARE;
  }
  if (lacksAny(code.declarations, file.declarations)) return false;
  const known = new Set(file.lines.map((line) => line.trim()));
  const [loose, own] = [file, code].map((source) => looseLines(source));
  const kept = loose!.filter((line) => wanted.has(line)).length;
  // If the code has no new loose lines, those that it lacks are only left out.
  return kept === loose!.length || (own!.some((line) => !known.has(line)) && kept >= loose!.length * WHOLE_SHARE);
}

/** The filled lines outside all declarations, trimmed. */
function looseLines({ lines, declarations }: Source): string[] {
  let at = 0;
  const parts = declarations.map(({ first, last }) => {
    const before = lines.slice(at, first);
    at = last + 1;
    return before;
  });
  const loose = [...parts.flat(), ...lines.slice(at)];
  return loose.filter((line) => !isBlank(line)).map((line) => line.trim());
}

/** Replaces the whole file, except blank lines at its end. */
function whole(file: Source, code: Source): Replacement {
  const last = file.lines.findLastIndex((line) => !isBlank(line));
  const end = code.lines.findLastIndex((line) => !isBlank(line));
  return { first: 0, last: Math.max(0, last), lines: code.lines.slice(0, end + 1) };
}

/** The replacements in order. Throws EngineError notPlaced if two of them share a line. */
function checked(replacements: Replacement[]): Replacement[] {
  const sorted = replacements.toSorted((a, b) => a.first - b.first || a.last - b.last);
  for (const [i, { first }] of sorted.entries())
    if (i > 0 && sorted[i - 1]!.last >= first) throw notPlaced(t("two parts of it belong to the same lines"));
  return sorted;
}
