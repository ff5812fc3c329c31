/** The names and types of syntax nodes, and walks through them. */
import type { Node } from "@vscode/tree-sitter-wasm";
import type { Grammars } from "../code/grammars.ts";
import type { Texts } from "./declared.ts";

/** Maximum depth of a walk. */
const DEEPEST = 200;

/** Types of nodes, from a text with white space between them. */
export const typesIn = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** The first of these fields that a node has. */
export const fieldOf = (node: Node, ...fields: string[]): Node | undefined =>
  fields.map((field) => node.childForFieldName(field)).find((part) => part !== null) ?? undefined;

/** The name that a node declares or sets. */
export const boundName = (node: Node): string | undefined =>
  fieldOf(node, "name", "key", "left", "declarator")
    ?.text.replace(/[=\n][\s\S]*$|["'`*]/g, "")
    .trim();

/** What `read` makes of the trees of both texts. Undefined if one of them has no tree, or a syntax error. */
export async function readBoth<T>(
  { languageId, before, after }: Texts,
  grammars: Grammars,
  read: (root: Node) => T,
): Promise<[T, T] | undefined> {
  const readOne = (lines: readonly string[]) =>
    grammars.parse(languageId, lines.join("\n"), ({ rootNode }) => (rootNode.hasError ? undefined : read(rootNode)));
  const [old, fresh] = [await readOne(before), await readOne(after)];
  return old === undefined || fresh === undefined ? undefined : [old, fresh];
}

/**
 * Collects what `read` finds in the nodes below one, outer nodes first. `scope`: the names around a node and its own, a
 * line each.
 */
export function collect<T>(node: Node, read: (node: Node, scope: string) => T[], scope = "", depth = 1): T[] {
  if (depth > DEEPEST) return [];
  return node.namedChildren.flatMap((child) => {
    if (!child) return [];
    const name = boundName(child);
    const inner = name === undefined ? scope : `${scope}${name}\n`;
    return [...read(child, inner), ...collect(child, read, inner, depth + 1)];
  });
}
