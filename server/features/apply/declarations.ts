/** Declarations of an answer's code in the place of those of the file that have their names. */
import { t } from "@vscode/l10n";
import { DATA_KINDS } from "../code/dataDeclaration.ts";
import { elisionsIn } from "../code/elisions.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";
import { isCode } from "../text/words.ts";
import { annotated, mergeAbove } from "./above.ts";
import { lastAlike } from "./accessSections.ts";
import { withComma } from "./entries.ts";
import { endOfHead, mergedHead } from "./heads.ts";
import { isMember, matchOf } from "./match.ts";
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
    // What comes after all that is known, and is neither code to be called nor a field, is how to use it.
    if (declaration.group === "value" && i > bottom && !DATA_KINDS.test(declaration.kind) && !isMember(declaration))
      throw notPlaced(t("it is unclear where {0} belongs", quoted(declaration.name)));
    addBelow(placing, declaration, found[at]!, placed[at]!);
  }
  return placed.flat();
}

function placeOne(placing: Placing, wanted: Declaration, match: Declaration): Replacement[] {
  const { file, code, unit } = placing;
  const above = aboveOf(placing, wanted, match);
  const lines = { first: wanted.declaration, last: wanted.last };
  const elided = elisionsIn(
    code.lines.slice(lines.first, lines.last + 1),
    file.lines.slice(match.declaration, match.last + 1),
    file.languageId,
  );
  const lost = lostStatements(placing, wanted, match);
  if (elided.size === 0 && !isPartial(wanted, match) && !bareMembers(wanted, match) && lost === 0)
    return [replaceWhole(placing, wanted, match, above)];
  const isElided = (line: number) => elided.has(line - lines.first);
  const inside = wanted.children.length > 0 ? placeMembers({ ...placing, isElided }, wanted, match) : undefined;
  if (!inside && elided.size === 0) {
    const fresh = statements(code, wanted).filter((line) => !placing.known.has(line));
    if (lost > fresh.length) throw notPlaced(t("it is unclear where {0} belongs", quoted(fresh[0]!)));
    return [replaceWhole(placing, wanted, match, above)];
  }
  const region = { first: match.declaration, last: match.last };
  const placed = inside ?? placeParts(file, region, code, lines, { isElided, unit, named: true });
  return above ? [{ first: match.first, last: match.declaration - 1, lines: above }, ...placed] : placed;
}

/** What is to stand above it. Undefined where that is what stands there. */
function aboveOf({ file, code, isElided }: Placing, wanted: Declaration, match: Declaration): string[] | undefined {
  const own = file.lines.slice(match.first, match.declaration);
  const said = code.lines.slice(wanted.first, wanted.declaration).filter((_, i) => !isElided(wanted.first + i));
  if (said.length === 0) return undefined;
  const merged = asDeepAs(mergeAbove(own, said), [file.lines[match.declaration]!], undefined, file.languageId);
  return merged.join("\n") === own.join("\n") ? undefined : merged;
}

/** A class with a few of its members: the others are not meant to go. */
function isPartial(wanted: Declaration, match: Declaration): boolean {
  if (wanted.group !== "container" || wanted.children.length === 0) return false;
  // An element that another takes the place of has no name that would tell.
  const rewritten = wanted.kind === "element" && lacksAny(match.children, wanted.children);
  return !rewritten && lacksAny(wanted.children, match.children);
}

/** How many lines of a class that are no members, such as what it includes, the code does not have. */
function lostStatements({ file, code }: Placing, wanted: Declaration, match: Declaration): number {
  if (wanted.group !== "container" || wanted.children.length === 0 || match.children.length === 0) return 0;
  const there = new Set(code.lines.slice(wanted.first, wanted.last + 1).map((line) => line.trim()));
  return statements(file, match).filter((line) => !there.has(line)).length;
}

/** Lines of a declaration that are neither its head nor in its members. */
function statements({ lines }: Source, declaration: Declaration): string[] {
  const end = endOfHead(lines, declaration);
  return loose(declaration).flatMap((line) => (line > end && isCode(lines[line]!) ? [lines[line]!.trim()] : []));
}

/** Whether members of a class in code have nothing above them, and decorators or comments in the file. */
function bareMembers(wanted: Declaration, match: Declaration): boolean {
  if (wanted.group !== "container" || match.children.length === 0) return false;
  const there = byName(match.children);
  return wanted.children.some(({ name, first, declaration, kind }) => {
    const [own] = there.get(name) ?? [];
    return !DATA_KINDS.test(kind) && first === declaration && own !== undefined && own.first < own.declaration;
  });
}

/** Whether any of the declarations, or of their members, is not among those that are wanted. */
export function lacksAny(wanted: readonly Declaration[], all: readonly Declaration[]): boolean {
  const [there, own] = [byName(wanted), byName(all)];
  return all.some((one) => {
    const found = there.get(one.name) ?? [];
    return found.length < own.get(one.name)!.length || found.some((other) => isPartial(other, one));
  });
}

function byName(declarations: readonly Declaration[]): Map<string, Declaration[]> {
  const named = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    const alike = named.get(declaration.name);
    if (alike) alike.push(declaration);
    else named.set(declaration.name, [declaration]);
  }
  return named;
}

function replaceWhole(placing: Placing, wanted: Declaration, match: Declaration, above?: string[]): Replacement {
  const { file, code, unit } = placing;
  const lines = code.lines.slice(wanted.declaration, wanted.last + 1);
  const head = match.declaration + (keepsTemplate(file, match, lines[0]!) ? 1 : 0);
  const before = file.lines[head]!;
  lines[0] = annotated(modified(lines[0]!, before, file.languageId), before);
  // What the declaration is one of several in goes on behind it.
  const separated = /,$/.test(file.lines[match.last]!.trimEnd()) && !/[,;]$/.test(lines.at(-1)!.trimEnd());
  if (separated) lines.push(`${lines.pop()},`);
  const body = replacement(file, { first: head, last: match.last }, lines, unit);
  return above ? { ...body, first: match.first, lines: [...above, ...body.lines] } : body;
}

/** Whether the file has the parameters of a C++ template on a line of their own, which the code leaves out. */
function keepsTemplate({ lines, languageId }: Source, match: Declaration, code: string): boolean {
  const isTemplate = /^\s*template\s*<.*>\s*$/.test(lines[match.declaration]!);
  return languageId === "cpp" && isTemplate && match.declaration < match.last && !/^\s*template\b/.test(code);
}

const EXPORT = /^(?:export\s+(?:default\s+)?)?/;
/** What comes before a declaration and says who may use it, and how. */
const MODIFIERS: Record<string, RegExp> = {
  typescript:
    /^(?:export\s+(?:default\s+)?|(?:declare|public|private|protected|static|override|abstract|readonly)\s+)*/,
  typescriptreact: EXPORT,
  javascript: /^(?:export\s+(?:default\s+)?|static\s+)*/,
  javascriptreact: EXPORT,
  rust: /^(?:pub(?:\([^)]*\))?\s+)?/,
  java: /^(?:(?:public|private|protected|static|final|abstract|synchronized)\s+)*/,
  csharp: /^(?:(?:public|private|protected|internal|static|sealed|override|virtual|abstract|partial)\s+)*/,
  kotlin: /^(?:(?:public|private|protected|internal|open|override|abstract|suspend|inline)\s+)*/,
  swift: /^(?:(?:public|private|fileprivate|internal|open|static|override|final|mutating)\s+)*/,
  php: /^(?:(?:public|private|protected|static|final|abstract)\s+)*/,
  scala: /^(?:(?:private|protected|override|final|implicit)\s+)*/,
};

/** Answers leave out what has nothing to do with the question: a declaration without any modifiers keeps the file's. */
function modified(line: string, before: string, languageId: string): string {
  const modifiers = Object.hasOwn(MODIFIERS, languageId) ? MODIFIERS[languageId]! : undefined;
  const own = modifiers?.exec(before.trimStart())?.[0];
  if (!modifiers || !own || modifiers.exec(line.trimStart())![0] !== "") return line;
  return line.replace(/^\s*/, (indentation) => indentation + own);
}

/** The members of a class, each for itself. Undefined where there is more in it than members and what stands for them. */
function placeMembers(placing: Placing, wanted: Declaration, match: Declaration): Replacement[] | undefined {
  const { file, code, unit, isElided, known } = placing;
  if (match.children.length === 0) return undefined;
  const end = endOfHead(code.lines, wanted);
  const rest = loose(wanted).filter((line) => line > end && !isElided(line) && isCode(code.lines[line]!));
  if (rest.some((line) => !known.has(code.lines[line]!.trim()))) return undefined;
  const matches = wanted.children.map((child) => matchOf(child, { file, code, beside: match.children }));
  const anchor = lastAlike(file, match, code, wanted);
  // The constants of an enum do not come behind its methods.
  const [entry] = wanted.children.filter(({ kind }) => kind === "entry");
  if (entry && !match.children.some(({ kind }) => kind === "entry"))
    throw notPlaced(t("it is unclear where {0} belongs", quoted(entry.name)));
  if (!anchor && !matches.some((found) => found))
    throw notPlaced(t("it is unclear where {0} belongs", quoted(wanted.children[0]?.name ?? wanted.name)));
  const placed =
    matches.some((found) => found) || !anchor
      ? placeDeclarations(placing, wanted.children, match.children)
      : // All of them are new: they come behind those that there are.
        addAll(placing, wanted.children, anchor);
  const before = file.lines.slice(match.declaration, endOfHead(file.lines, match) + 1);
  const said = code.lines.slice(wanted.declaration, end + 1);
  said[0] = annotated(modified(said[0]!, before[0]!, file.languageId), before[0]!);
  const head = mergedHead(before, said);
  if (!head) return placed;
  const region = { first: match.declaration, last: match.declaration + before.length - 1 };
  return [replacement(file, region, head, unit), ...placed];
}

/** Lines of a declaration that belong to none of those in it. */
function loose(declaration: Declaration): number[] {
  const inside = new Set(declaration.children.flatMap(range));
  return range({ first: declaration.declaration, last: declaration.last }).filter((line) => !inside.has(line));
}

const range = ({ first, last }: Lines) => lineNumbers(first, last);

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
  const above = placed.at(-1)!.lines;
  const inList = wanted.kind === "entry" && /,\s*$/.test(placing.file.lines[last]!);
  if (wanted.kind === "entry") above.push(withComma(above.pop()!));
  above.push(...gap, ...lines.slice(0, -1), ...lines.slice(-1).map((line) => (inList ? withComma(line) : line)));
}

/** In front of a declaration and the comments above it. */
function addAbove(placing: Placing, wanted: Declaration, anchor: Declaration, placed: Replacement[]): void {
  const { first } = anchor;
  if (placed[0]?.first !== first) placed.unshift({ first, last: first, lines: [placing.file.lines[first]!] });
  const { lines, gap } = added(placing, wanted, anchor);
  placed[0]!.lines.unshift(...lines, ...gap);
}

/** A new declaration, as deep as the one beside it, and the blank lines between; among fields there are none. */
function added({ file, code, unit, isElided }: Placing, wanted: Declaration, anchor: Declaration) {
  const beside = file.lines.slice(anchor.declaration, anchor.last + 1);
  const own = code.lines.slice(wanted.first, wanted.last + 1).filter((_, i) => !isElided(wanted.first + i));
  const lines = asDeepAs(own, beside, unit, file.languageId);
  // Data stands as close as the file has it.
  if (DATA_KINDS.test(anchor.kind)) return { lines, gap: isBlank(file.lines[anchor.first - 1] ?? "x") ? [""] : [] };
  const tight = wanted.group === "value" && anchor.group === "value";
  const wide = file.languageId === "python" && !/^\s/.test(beside[0]!);
  return { lines, gap: tight ? [] : wide ? ["", ""] : [""] };
}
