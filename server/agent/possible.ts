/** What is possible instead of a call that cannot be: schemas with enumerations, from which the engine makes a grammar. */
import type { Tool } from "../protocol.ts";
import type { Fault } from "./judge.ts";
import { numberLine } from "./tools/numbered.ts";
import { type ShownWindow, shownPaths } from "./tools/shown.ts";

/** More names and lines make the grammar slow without helping. */
const MAX_PATHS = 40;
const MAX_LINES = 120;

/** `calls`: the tools that can be called, with the arguments that they can have. `orText`: the reply may be a text instead. */
export type Possible = { calls: Tool[]; orText: boolean };

/** @param windows what the conversation shows, the newest last. */
export function possibleInstead(
  { reason, call }: Fault,
  tools: readonly Tool[],
  windows: readonly ShownWindow[],
): Possible {
  const { path: used } = (call?.arguments ?? {}) as { path?: unknown };
  const forbidden = reason === "repeated" ? call : undefined;
  const calls = tools.flatMap((tool): Tool[] => {
    const isForbidden = forbidden?.name === tool.name;
    // The same command or search tells nothing new, and what is free cannot be enumerated.
    if (isForbidden && tool.name !== "read" && tool.name !== "edit") return [];
    if (tool.name === "read") return readable(tool, shownPaths(windows), isForbidden ? used : undefined);
    if (tool.name === "edit") return isForbidden ? [] : editable(tool, windows, used);
    if (tool.name === "create" && reason === "exists") return [];
    return [withAllProperties(tool)];
  });
  return { calls, orText: reason === "repeated" || reason === "empty" || calls.length === 0 };
}

/** A file that was shown. Before any was, all names are possible. */
function readable(tool: Tool, paths: readonly string[], except: unknown): Tool[] {
  const known = paths.filter((path) => path !== except).slice(0, MAX_PATHS);
  if (known.length === 0) return paths.length === 0 && except === undefined ? [narrowed(tool, { path: STRING })] : [];
  return [narrowed(tool, { path: { enum: known } })];
}

const STRING = { type: "string" };

/** Lines of the window that was shown last: of the file that the call was about, if it was shown at all. */
function editable(tool: Tool, windows: readonly ShownWindow[], wanted: unknown): Tool[] {
  const window = windows.findLast(({ path }) => path === wanted) ?? windows.at(-1);
  if (!window) return [];
  const lines = { enum: window.lines.slice(-MAX_LINES).map(numberLine) };
  return [narrowed(tool, { path: { enum: [window.path] }, from: lines, to: lines, text: STRING })];
}

/** A grammar has no optional arguments. */
function withAllProperties(tool: Tool): Tool {
  const { properties = {}, required } = (tool.parameters ?? {}) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  if (!required) return tool;
  return narrowed(tool, Object.fromEntries(Object.entries(properties).filter(([name]) => required.includes(name))));
}

const narrowed = (tool: Tool, properties: Record<string, object>): Tool => ({
  ...tool,
  parameters: { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
});
