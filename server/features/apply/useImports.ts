/** Finds missing imports in languages with nested groups: `use std::{fmt, collections::{HashMap, HashSet}};` */
import type { ImportStatement } from "../code/imports.ts";
import { readUse, separatorOf, useOf } from "../code/useTree.ts";
import type { Replacement } from "./source.ts";

/** A missing import. `text`: its statement. `paths`: what it imports; empty if the statement cannot be read. */
export type MissingUse = { text: string; head: string; paths: string[] };

/** One for each missing path, or one for a statement of which all paths are missing. */
export function missingUses(before: readonly string[], wanted: readonly string[], languageId: string): MissingUse[] {
  const own = before.flatMap((text) => readUse(text, languageId) ?? []);
  const known = new Set(own.flatMap(({ paths }) => paths));
  const separator = separatorOf(languageId);
  const covered = (path: string) => known.has(`${path.slice(0, path.lastIndexOf(separator))}${separator}*`);
  const texts = new Set(before.map((text) => text.replace(/\s+/g, " ")));
  return wanted.flatMap((text) => {
    const parsed = readUse(text, languageId);
    if (!parsed) return texts.has(text.replace(/\s+/g, " ")) ? [] : [{ text, head: "", paths: [] }];
    const { head, paths } = parsed;
    const missing = paths.filter((path) => !known.has(path) && !covered(path));
    if (missing.length === 0) return [];
    if (missing.length === paths.length) return [{ text, head, paths }];
    return missing.map((path) => ({ text: useOf(head, path, languageId), head, paths: [path] }));
  });
}

/** Adds single names to the file's one-line groups of the same path. `rest`: the lines of the other statements. */
export function intoGroups(
  lines: readonly string[],
  own: readonly ImportStatement[],
  missing: readonly MissingUse[],
  languageId: string,
): { replacements: Replacement[]; rest: string[] } {
  const separator = separatorOf(languageId);
  const groups = new Map<number, string>();
  const rest = missing.flatMap(({ text, head, paths }) => {
    const [path, ...others] = paths;
    if (path === undefined || others.length > 0) return text.split("\n");
    const at = path.lastIndexOf(separator);
    const start = `${head} ${path.slice(0, at)}${separator}{`;
    const group = at < 0 ? undefined : own.find(({ first, last }) => first === last && lines[first]!.startsWith(start));
    const line = group && (groups.get(group.first) ?? lines[group.first]!);
    // A group in a group has another path.
    if (!group || !line || line.indexOf("}") !== line.lastIndexOf("}")) return text.split("\n");
    const name = path.slice(at + separator.length);
    groups.set(
      group.first,
      line.replace(/,?\s*\}/, (end) => `, ${name}${end.replace(",", "")}`),
    );
    return [];
  });
  return { replacements: [...groups].map(([line, text]) => ({ first: line, last: line, lines: [text] })), rest };
}
