/** Finds what does not parse in a syntax tree. */
import type { Node } from "@vscode/tree-sitter-wasm";

/** The number of places that do not parse. */
export const countErrors = (root: Node) => errorNodes(root).length;

/** The nodes for something that is missing or does not fit. */
export function errorNodes(root: Node): Node[] {
  const found: Node[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isMissing || node.isError) found.push(node);
    if (node.hasError) open.push(...node.children.filter((child) => child !== null));
  }
  return found;
}
