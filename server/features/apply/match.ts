/** Which declaration of a file one of an answer's code is. */
import { type Declaration, flat } from "./outline.ts";
import { notPlaced, quoted, type Source } from "./source.ts";

/** Values that can be meant in whatever they are: members. Others are somebody's own business. */
const MEMBERS = new Set(["public_field_definition", "field_definition", "field_declaration", "property_declaration"]);

/**
 * The declaration of that name beside those that are given, or else the one in them of the same kind; undefined where
 * there is none. Throws EngineError notPlaced where there are several.
 */
export function matchOf(
  wanted: Declaration,
  { file, code, beside }: { file: Source; code: Source; beside: readonly Declaration[] },
): Declaration | undefined {
  const deeper = beside.flatMap(({ children }) => flat(children));
  const isMember = wanted.group !== "value" || MEMBERS.has(wanted.kind);
  const tiers = [
    beside.filter(({ name, kind }) => name === wanted.name && kind === wanted.kind),
    beside.filter(({ name }) => name === wanted.name),
    deeper.filter(({ name, kind }) => name === wanted.name && kind === wanted.kind && isMember),
  ];
  const found = tiers.find((tier) => tier.length > 0) ?? [];
  if (found.length < 2) return found[0];
  const line = code.lines[wanted.declaration]!.trim();
  const alike = found.filter(({ declaration }) => file.lines[declaration]!.trim() === line);
  if (alike.length === 1) return alike[0];
  throw notPlaced(`${quoted(wanted.name)} is declared ${found.length} times in it`);
}
