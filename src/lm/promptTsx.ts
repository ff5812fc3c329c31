/** Reads tool results that are trees which @vscode/prompt-tsx has rendered to JSON. Pure. */

/** The texts of a tree, joined in the order of that package's stringifyPromptElementJSON. */
export function promptTsxText(value: unknown): string {
  const texts: string[] = [];
  if (isObject(value)) collect(value.node, texts);
  return texts.join("");
}

/** Nodes are pieces, which have children, or texts, which may begin on a line of their own. */
function collect(node: unknown, texts: string[]): void {
  if (!isObject(node)) return;
  if (typeof node.text === "string") {
    if (node.lineBreakBefore === true && texts.length > 0) texts.push("\n");
    texts.push(node.text);
  }
  if (Array.isArray(node.children)) for (const child of node.children) collect(child, texts);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
