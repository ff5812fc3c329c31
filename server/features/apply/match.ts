/** Finds the declaration of a file that one of an answer's code replaces. */
import { t } from "@vscode/l10n";
import { DATA_KINDS } from "../code/dataDeclaration.ts";
import { flatten } from "../code/outline.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { notPlaced, quoted, type Source } from "./source.ts";

/** Kinds of declarations that are always members. */
const MEMBERS = new Set([
  ...["method_definition", "public_field_definition", "field_definition", "field_declaration", "property_declaration"],
  ...["class_method_definition", "rule_set"],
]);

/** Whether a declaration is of a kind that is always a member, also without its class around it. */
export const isMember = ({ kind }: Declaration) => MEMBERS.has(kind);

/**
 * The declaration of the same name and kind among `beside`, or inside those; else one of another kind among `beside`,
 * such as a constant that becomes a function. Undefined if there is none. Throws EngineError notPlaced if there are
 * several, unless exactly one of them begins with the same line.
 */
export function matchOf(
  wanted: Declaration,
  { file, code, beside }: { file: Source; code: Source; beside: readonly Declaration[] },
): Declaration | undefined {
  const member = isMember(wanted);
  // Variables inside other declarations do not count.
  const among = wanted.group === "value" && !member ? beside : flatten(beside);
  const all = among.filter(({ name, kind }) => name === wanted.name && kind === wanted.kind);
  // For data, the outermost one is meant.
  const near = DATA_KINDS.test(wanted.kind) ? all.filter((declaration) => beside.includes(declaration)) : [];
  const alike = near.length > 0 ? near : all;
  const other = beside.filter(
    ({ name, group, nameless }) => name === wanted.name && group === wanted.group && !nameless,
  );
  // A PHP method without its class parses as a function.
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
