/** Puts declarations of an answer's code in place of the file's declarations with the same names. */
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
import { indentedLike, notPlaced, quoted, type Replacement, replacement, type Source } from "./source.ts";

/** The file, the answer's code, and what placing needs to know about them. */
export type Placing = {
  file: Source;
  code: Source;
  /** One level of the file's indentation, if known. */
  unit: string | undefined;
  /** Whether a line of the code stands for omitted code. */
  isElided: (line: number) => boolean;
  /** The file's lines, trimmed. */
  known: ReadonlySet<string>;
};

type Lines = { first: number; last: number };

/**
 * Places `wanted` among `beside`, which are the file's. A new declaration goes next to its neighbour in the code.
 * Throws EngineError notPlaced if a declaration has no clear place.
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
    // A new value after all known declarations is probably an example of use, unless it is data or a member.
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

/** The new lines above a declaration. Undefined if they stay the same. */
function aboveOf({ file, code, isElided }: Placing, wanted: Declaration, match: Declaration): string[] | undefined {
  const own = file.lines.slice(match.first, match.declaration);
  const said = code.lines.slice(wanted.first, wanted.declaration).filter((_, i) => !isElided(wanted.first + i));
  if (said.length === 0) return undefined;
  const merged = indentedLike(mergeAbove(own, said), [file.lines[match.declaration]!], undefined, file.languageId);
  return merged.join("\n") === own.join("\n") ? undefined : merged;
}

/** Whether the code shows a class with only some of its members: the others must stay. */
function isPartial(wanted: Declaration, match: Declaration): boolean {
  if (wanted.group !== "container" || wanted.children.length === 0) return false;
  // An element with new children is rewritten as a whole, because elements often have no name.
  const rewritten = wanted.kind === "element" && lacksAny(match.children, wanted.children);
  return !rewritten && lacksAny(wanted.children, match.children);
}

/** How many lines of a class outside its members, such as `include`, the code lacks. */
function lostStatements({ file, code }: Placing, wanted: Declaration, match: Declaration): number {
  if (wanted.group !== "container" || wanted.children.length === 0 || match.children.length === 0) return 0;
  const there = new Set(code.lines.slice(wanted.first, wanted.last + 1).map((line) => line.trim()));
  return statements(file, match).filter((line) => !there.has(line)).length;
}

/** The lines of a declaration outside its head and its members, trimmed. */
function statements({ lines }: Source, declaration: Declaration): string[] {
  const end = endOfHead(lines, declaration);
  return loose(declaration).flatMap((line) => (line > end && isCode(lines[line]!) ? [lines[line]!.trim()] : []));
}

/** Whether a member has decorators or comments above it in the file, and none in the code. */
function bareMembers(wanted: Declaration, match: Declaration): boolean {
  if (wanted.group !== "container" || match.children.length === 0) return false;
  const there = byName(match.children);
  return wanted.children.some(({ name, first, declaration, kind }) => {
    const [own] = there.get(name) ?? [];
    return !DATA_KINDS.test(kind) && first === declaration && own !== undefined && own.first < own.declaration;
  });
}

/** Whether `wanted` lacks any of the declarations `all`, or any of their members. */
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
  // The declaration is in a list that continues after it.
  const separated = /,$/.test(file.lines[match.last]!.trimEnd()) && !/[,;]$/.test(lines.at(-1)!.trimEnd());
  if (separated) lines.push(`${lines.pop()},`);
  const body = replacement(file, { first: head, last: match.last }, lines, unit);
  return above ? { ...body, first: match.first, lines: [...above, ...body.lines] } : body;
}

/** Whether the file has a C++ template's parameters on a line of their own, and the code leaves them out. */
function keepsTemplate({ lines, languageId }: Source, match: Declaration, code: string): boolean {
  const isTemplate = /^\s*template\s*<.*>\s*$/.test(lines[match.declaration]!);
  return languageId === "cpp" && isTemplate && match.declaration < match.last && !/^\s*template\b/.test(code);
}

const EXPORT = /^(?:export\s+(?:default\s+)?)?/;
/** Modifiers before a declaration, such as its visibility. */
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

/** The line with the file's modifiers if it has none: answers often leave them out. */
function modified(line: string, before: string, languageId: string): string {
  const modifiers = Object.hasOwn(MODIFIERS, languageId) ? MODIFIERS[languageId]! : undefined;
  const own = modifiers?.exec(before.trimStart())?.[0];
  if (!modifiers || !own || modifiers.exec(line.trimStart())![0] !== "") return line;
  return line.replace(/^\s*/, (indentation) => indentation + own);
}

/** Places each member of a class on its own. Undefined if the class has no members, or has other new lines. */
function placeMembers(placing: Placing, wanted: Declaration, match: Declaration): Replacement[] | undefined {
  const { file, code, unit, isElided, known } = placing;
  if (match.children.length === 0) return undefined;
  const end = endOfHead(code.lines, wanted);
  const rest = loose(wanted).filter((line) => line > end && !isElided(line) && isCode(code.lines[line]!));
  if (rest.some((line) => !known.has(code.lines[line]!.trim()))) return undefined;
  const matches = wanted.children.map((child) => matchOf(child, { file, code, beside: match.children }));
  const anchor = lastAlike(file, match, code, wanted);
  // An enum's constants must not follow its methods.
  const [entry] = wanted.children.filter(({ kind }) => kind === "entry");
  if (entry && !match.children.some(({ kind }) => kind === "entry"))
    throw notPlaced(t("it is unclear where {0} belongs", quoted(entry.name)));
  if (!anchor && !matches.some((found) => found))
    throw notPlaced(t("it is unclear where {0} belongs", quoted(wanted.children[0]?.name ?? wanted.name)));
  const placed =
    matches.some((found) => found) || !anchor
      ? placeDeclarations(placing, wanted.children, match.children)
      : // All members are new, so they go after the existing ones.
        addAll(placing, wanted.children, anchor);
  const before = file.lines.slice(match.declaration, endOfHead(file.lines, match) + 1);
  const said = code.lines.slice(wanted.declaration, end + 1);
  said[0] = annotated(modified(said[0]!, before[0]!, file.languageId), before[0]!);
  const head = mergedHead(before, said);
  if (!head) return placed;
  const region = { first: match.declaration, last: match.declaration + before.length - 1 };
  return [replacement(file, region, head, unit), ...placed];
}

/** The numbers of a declaration's lines that are not in its children. */
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

/** Adds a declaration below `anchor`. `placed`: the anchor's replacements, of which it extends the last. */
function addBelow(placing: Placing, wanted: Declaration, anchor: Declaration, placed: Replacement[]): void {
  const { last } = anchor;
  if (placed.at(-1)?.last !== last) placed.push({ first: last, last, lines: [placing.file.lines[last]!] });
  const { lines, gap } = added(placing, wanted, anchor);
  const above = placed.at(-1)!.lines;
  const inList = wanted.kind === "entry" && /,\s*$/.test(placing.file.lines[last]!);
  if (wanted.kind === "entry") above.push(withComma(above.pop()!));
  above.push(...gap, ...lines.slice(0, -1), ...lines.slice(-1).map((line) => (inList ? withComma(line) : line)));
}

/** Adds a declaration above `anchor` and the comments above that. */
function addAbove(placing: Placing, wanted: Declaration, anchor: Declaration, placed: Replacement[]): void {
  const { first } = anchor;
  if (placed[0]?.first !== first) placed.unshift({ first, last: first, lines: [placing.file.lines[first]!] });
  const { lines, gap } = added(placing, wanted, anchor);
  placed[0]!.lines.unshift(...lines, ...gap);
}

/** A new declaration, as deep as `anchor`, and the blank lines between them: none between two values. */
function added({ file, code, unit, isElided }: Placing, wanted: Declaration, anchor: Declaration) {
  const beside = file.lines.slice(anchor.declaration, anchor.last + 1);
  const own = code.lines.slice(wanted.first, wanted.last + 1).filter((_, i) => !isElided(wanted.first + i));
  const lines = indentedLike(own, beside, unit, file.languageId);
  // Between data, the file's own spacing is used.
  if (DATA_KINDS.test(anchor.kind)) return { lines, gap: isBlank(file.lines[anchor.first - 1] ?? "x") ? [""] : [] };
  const tight = wanted.group === "value" && anchor.group === "value";
  const wide = file.languageId === "python" && !/^\s/.test(beside[0]!);
  return { lines, gap: tight ? [] : wide ? ["", ""] : [""] };
}
