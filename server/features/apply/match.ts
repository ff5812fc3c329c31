/** Which declaration of a file one of an answer's code is. */
import { t } from "@vscode/l10n";
import { type Declaration, flat } from "./outline.ts";
import { notPlaced, quoted, type Source } from "./source.ts";

/** What is only ever a member of something. */
const MEMBERS = new Set([
  ...["method_definition", "public_field_definition", "field_definition", "field_declaration", "property_declaration"],
  ...["class_method_definition", "rule_set"],
]);

/**
 * The declaration of that name and kind, wherever it is among or in those that are given; else one of another kind that
 * stands among them, such as a constant that becomes a function. Undefined where there is none. Throws EngineError
 * notPlaced where there are several, unless one of them begins with the very same line.
 */
export function matchOf(
  wanted: Declaration,
  { file, code, beside }: { file: Source; code: Source; beside: readonly Declaration[] },
): Declaration | undefined {
  const isMember = MEMBERS.has(wanted.kind);
  // The variables of others are their own business.
  const among = wanted.group === "value" && !isMember ? beside : flat(beside);
  const alike = among.filter(({ name, kind }) => name === wanted.name && kind === wanted.kind);
  const other = beside.filter(
    ({ name, group, nameless }) => name === wanted.name && group === wanted.group && !nameless,
  );
  const found = alike.length > 0 || isMember ? alike : other;
  if (found.length < 2) return found[0];
  const line = code.lines[wanted.declaration]!.trim();
  const same = found.filter(({ declaration }) => file.lines[declaration]!.trim() === line);
  if (same.length === 1) return same[0];
  throw notPlaced(t("{0} is declared {1} times in it", quoted(wanted.name), found.length));
}
