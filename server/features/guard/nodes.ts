/** The names and types of syntax nodes. */
import type { Node } from "@vscode/tree-sitter-wasm";

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
