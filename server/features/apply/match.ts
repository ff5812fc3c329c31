/** Which declaration of a file one of an answer's code is. */
import { t } from "@vscode/l10n";
import { DATA_KINDS } from "../code/dataDeclaration.ts";
import { flatten } from "../code/outline.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { notPlaced, quoted, type Source } from "./source.ts";

/** What is only ever a member of something. */
const MEMBERS = new Set([
  ...["method_definition", "public_field_definition", "field_definition", "field_declaration", "property_declaration"],
  ...["class_method_definition", "rule_set"],
]);

export const isMember = ({ kind }: Declaration) => MEMBERS.has(kind);

/**
 * The declaration of that name and kind, wherever it is among or in those that are given; else one of another kind that
 * stands among them, such as a constant that becomes a function. Undefined where there is none. Throws EngineError
 * notPlaced where there are several, unless one of them begins with the very same line.
 */
export function matchOf(
  wanted: Declaration,
  { file, code, beside }: { file: Source; code: Source; beside: readonly Declaration[] },
): Declaration | undefined {
  const member = isMember(wanted);
  // The variables of others are their own business.
  const among = wanted.group === "value" && !member ? beside : flatten(beside);
  const all = among.filter(({ name, kind }) => name === wanted.name && kind === wanted.kind);
  // Of data, the outer one is meant.
  const near = DATA_KINDS.test(wanted.kind) ? all.filter((declaration) => beside.includes(declaration)) : [];
  const alike = near.length > 0 ? near : all;
  const other = beside.filter(
    ({ name, group, nameless }) => name === wanted.name && group === wanted.group && !nameless,
  );
  // Without its class, a method of PHP reads like a function.
  const methods = among.filter(
    ({ name, kind }) => name === wanted.name && kind === "method_declaration" && wanted.kind === "function_definition",
  );
  const found = [alike, member ? [] : other, methods].find((all) => all.length > 0) ?? [];
  if (found.length < 2) return found[0];
  const line = code.lines[wanted.declaration]!.trim();
  const same = found.filter(({ declaration }) => file.lines[declaration]!.trim() === line);
  if (same.length === 1) return same[0];
  throw notPlaced(t("{0} is declared {1} times in it", quoted(wanted.name), found.length));
}
