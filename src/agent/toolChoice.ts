/** Where further tools come from, and which ones stay chosen. No VS Code API. */
import { oneLine } from "./titles.ts";

/** What VS Code knows of an extension. */
type Owner = { id: string; packageJSON: { displayName?: unknown; contributes?: { languageModelTools?: unknown } } };

/** The name of a tool's extension, or MCP; undefined if VS Code does not say. */
export function sourceOf(name: string, extensions: readonly Owner[]): string | undefined {
  const owner = extensions.find(({ packageJSON }) => {
    const tools = packageJSON?.contributes?.languageModelTools;
    return Array.isArray(tools) && tools.some((tool) => tool?.name === name);
  });
  if (owner) return oneLine(owner.packageJSON.displayName) || owner.id;
  // VS Code gives the tools of MCP servers this prefix.
  return name.startsWith("mcp_") ? "MCP" : undefined;
}

/** The chosen names after a choice. What is not in the list, because its server has not started, stays chosen. */
export const chosenAfter = (before: readonly string[], listed: readonly string[], picked: readonly string[]) => [
  ...before.filter((name) => !listed.includes(name)),
  ...picked,
];
