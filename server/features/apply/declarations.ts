/** Declarations of an answer's code in the place of those of the file that have their names. */
import { t } from "@vscode/l10n";
import { isBlank } from "../lines.ts";
import { matchOf } from "./match.ts";
import type { Declaration } from "./outline.ts";
import { placeParts } from "./passage.ts";
import { asDeepAs, notPlaced, quoted, type Replacement, replacement, type Source } from "./source.ts";

export type Placing = {
  file: Source;
  code: Source;
  unit: string | undefined;
  /** Whether a line of the code stands for others. */
  isElided: (line: number) => boolean;
  /** The file's lines, without what they are indented by. */
  known: ReadonlySet<string>;
};

type Lines = { first: number; last: number };

/**
 * `beside`: those of the file among which they are. What is new goes beside what stands next to it in the code. Throws
 * EngineError notPlaced where that leaves anything without a place.
 */
export function placeDeclarations(
  placing: Placing,
  wanted: readonly Declaration[],
  beside: readonly Declaration[],
): Replacement[] {
  const { file, code } = placing;
  const found = wanted.map((declaration) => matchOf(declaration, { file, code, beside }));
  if (found.every((match) => !match))
    throw notPlaced(t("it does not declare {0}", wanted.map(({ name }) => quoted(name)).join(", ")));
  const placed = wanted.map((declaration, i) => {
    const match = found[i];
    return match ? placeOne(placing, declaration, match) : [];
  });
  const top = found.findIndex((match) => match);
  for (const declaration of wanted.slice(0, top).toReversed())
    addAbove(placing, declaration, found[top]!, placed[top]!);
  const bottom = found.findLastIndex((match) => match);
  let at = top;
  for (const [i, declaration] of wanted.entries()) {
    if (found[i]) at = i;
    if (found[i] || i < top) continue;
    // What comes after all that is known, and is no code to be called, is how to use it.
    if (declaration.group === "value" && i > bottom)
      throw notPlaced(t("it is not said where {0} belongs", quoted(declaration.name)));
    addBelow(placing, declaration, found[at]!, placed[at]!);
  }
  return placed.flat();
}

function placeOne(placing: Placing, wanted: Declaration, match: Declaration): Replacement[] {
  const { file, code, unit, isElided } = placing;
  const elided = range(wanted).some(isElided);
  if (!elided && !isPartial(wanted, match)) return [replaceWhole(placing, wanted, match)];
  const inside = wanted.children.length > 0 ? placeMembers(placing, wanted, match) : undefined;
  if (inside) return inside;
  const region = { first: match.declaration, last: match.last };
  const lines = { first: wanted.declaration, last: wanted.last };
  return placeParts(file, region, code, lines, { isElided, unit, named: true });
}

/** A class with a few of its members: the others are not meant to go. */
function isPartial(wanted: Declaration, match: Declaration): boolean {
  const names = new Set(wanted.children.map(({ name }) => name));
  const missing = match.children.filter(({ name }) => !names.has(name)).length;
  return wanted.group === "container" && wanted.children.length > 0 && missing > match.children.length / 2;
}

function replaceWhole({ file, code, unit }: Placing, wanted: Declaration, match: Declaration): Replacement {
  // The comments and decorators above it stay where the code brings none.
  const bare = wanted.first === wanted.declaration;
  const lines = code.lines.slice(wanted.first, wanted.last + 1);
  if (bare) lines[0] = exported(lines[0]!, file.lines[match.declaration]!, file.languageId);
  return replacement(file, { first: bare ? match.declaration : match.first, last: match.last }, lines, unit);
}

const EXPORT = /^\s*(export\s+(?:default\s+)?)/;

/** Answers leave out what has nothing to do with the question: what others import goes on being exported. */
function exported(line: string, before: string, languageId: string): string {
  const exports = EXPORT.exec(before)?.[1];
  if (!exports || EXPORT.test(line) || !/^(?:type|java)script/.test(languageId)) return line;
  return line.replace(/^\s*/, (indentation) => indentation + exports);
}

/** The members of a class, each for itself. Undefined where there is more in it than members and what stands for them. */
function placeMembers(placing: Placing, wanted: Declaration, match: Declaration): Replacement[] | undefined {
  const { file, code, unit, isElided, known } = placing;
  const [head, ...rest] = loose(wanted).filter((line) => !isElided(line) && !isBlank(code.lines[line]!));
  if (head !== wanted.declaration || rest.some((line) => !known.has(code.lines[line]!.trim()))) return undefined;
  const matches = wanted.children.map((child) => matchOf(child, { file, code, beside: match.children }));
  const [anchor] = match.children.slice(-1);
  const placed =
    matches.some((found) => found) || !anchor
      ? placeDeclarations(placing, wanted.children, match.children)
      : // All of them are new: they come behind those that there are.
        addAll(placing, wanted.children, anchor);
  const changed = file.lines[match.declaration]!.trim() !== code.lines[head]!.trim();
  if (!changed) return placed;
  const line = exported(code.lines[head]!, file.lines[match.declaration]!, file.languageId);
  return [replacement(file, { first: match.declaration, last: match.declaration }, [line], unit), ...placed];
}

/** Lines of a declaration that belong to none of those in it. */
function loose(declaration: Declaration): number[] {
  const inside = declaration.children.flatMap(range);
  return range({ first: declaration.declaration, last: declaration.last }).filter((line) => !inside.includes(line));
}

const range = ({ first, last }: Lines) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

function addAll(placing: Placing, wanted: readonly Declaration[], anchor: Declaration): Replacement[] {
  const { first, last } = anchor;
  const stays = { first, last, lines: placing.file.lines.slice(first, last + 1) };
  const placed = [stays];
  for (const declaration of wanted) addBelow(placing, declaration, anchor, placed);
  return placed;
}

/** Behind a declaration; what is done to that is `placed`. */
function addBelow(placing: Placing, wanted: Declaration, anchor: Declaration, placed: Replacement[]): void {
  const { last } = anchor;
  if (placed.at(-1)?.last !== last) placed.push({ first: last, last, lines: [placing.file.lines[last]!] });
  const { lines, gap } = added(placing, wanted, anchor);
  placed.at(-1)!.lines.push(...gap, ...lines);
}

/** In front of a declaration and the comments above it. */
function addAbove(placing: Placing, wanted: Declaration, anchor: Declaration, placed: Replacement[]): void {
  const { first } = anchor;
  if (placed[0]?.first !== first) placed.unshift({ first, last: first, lines: [placing.file.lines[first]!] });
  const { lines, gap } = added(placing, wanted, anchor);
  placed[0]!.lines.unshift(...lines, ...gap);
}

/** A new declaration, as deep as the one beside it, and the blank lines between; among fields there are none. */
function added({ file, code, unit }: Placing, wanted: Declaration, anchor: Declaration) {
  const beside = file.lines.slice(anchor.declaration, anchor.last + 1);
  const lines = asDeepAs(code.lines.slice(wanted.first, wanted.last + 1), beside, unit);
  const tight = wanted.group === "value" && anchor.group === "value";
  const wide = file.languageId === "python" && !/^\s/.test(beside[0]!);
  return { lines, gap: tight ? [] : wide ? ["", ""] : [""] };
}
