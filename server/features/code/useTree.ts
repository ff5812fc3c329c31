/**
 * Reads imports with nested groups: `use std::{fmt, collections::{HashMap, HashSet}};` of Rust and PHP, `import` of
 * Scala, and `alias` of Elixir.
 */

/** One statement. `head`: its words before the paths, such as `pub use`. `paths`: each path that it names. */
export type Use = { head: string; paths: string[] };

const USE = /^((?:pub(?:\([^)]*\))?\s+)?use(?:\s+(?:function|const)(?=\s))?)\s+([\s\S]+?);?$/;
const STATEMENTS: Record<string, RegExp> = {
  scala: /^(import)\s+([\s\S]+?);?$/,
  // A statement with options, such as another name, is not read.
  elixir: /^(alias)\s+([\w.]+(?:\.\{[^{}]*\})?)$/,
};

/** The separator between the parts of a path. */
export const separatorOf = (languageId: string) =>
  languageId === "php" ? "\\" : Object.hasOwn(STATEMENTS, languageId) ? "." : "::";

/** A statement for one path. In Scala, an import with a new name needs braces. */
export function useOf(head: string, path: string, languageId: string): string {
  if (!Object.hasOwn(STATEMENTS, languageId)) return `${head} ${path};`;
  return `${head} ${path.includes("=>") ? path.replace(/\.([^.]+)$/, ".{$1}") : path}`;
}

/** Maximum length of a statement, characters, and maximum depth of its groups. */
const LONGEST = 10_000;
const DEEPEST = 20;

/** Undefined for any other statement, and for one that is too long. */
export function readUse(statement: string, languageId: string): Use | undefined {
  if (statement.length > LONGEST) return undefined;
  const pattern = Object.hasOwn(STATEMENTS, languageId) ? STATEMENTS[languageId]! : USE;
  const [, head, tree] = pattern.exec(statement.replace(/\/\/[^\n]*/g, "").trim()) ?? [];
  if (head === undefined || tree === undefined) return undefined;
  const separator = separatorOf(languageId);
  return { head, paths: apart(tree.replace(/\s+/g, " ").trim()).flatMap((part) => pathsOf(part.trim(), separator)) };
}

/** All paths of a tree. */
function pathsOf(tree: string, separator: string, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  const open = tree.indexOf("{");
  if (open < 0) {
    const path = tree.replace(/^(?:::|\\)/, "").trim();
    // `a::{self, b}` names a itself.
    const self = `${separator}self`;
    // Scala's older wildcard.
    const named = separator === "." ? path.replace(/\._$/, ".*") : path;
    return named === "" ? [] : [named.endsWith(self) ? named.slice(0, -self.length) : named];
  }
  const close = tree.lastIndexOf("}");
  const inner = tree.slice(open + 1, close < 0 ? undefined : close);
  return apart(inner).flatMap((part) => pathsOf(tree.slice(0, open) + part.trim(), separator, depth + 1));
}

/** The parts of a list. Commas in a group do not separate. */
function apart(list: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of list) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part.trim() !== "");
}
