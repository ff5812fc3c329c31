/** Lists the calls that are possible instead of a faulty one: schemas with enumerations, for the engine's grammar. */
import type { Tool } from "../protocol.ts";
import type { Fault } from "./judge.ts";
import { numberLine } from "./tools/numbered.ts";
import { type ShownWindow, shownPaths } from "./tools/shown.ts";

/** Limits of names and lines: more make the grammar slow without helping. */
const MAX_PATHS = 40;
const MAX_LINES = 120;

/** `calls`: the possible tools with their possible arguments. `orText`: the reply may be a text instead of a call. */
export type Possible = { calls: Tool[]; orText: boolean };

/** @param windows the lines that the conversation shows, the newest last. */
export function possibleCalls(
  { reason, call }: Fault,
  tools: readonly Tool[],
  windows: readonly ShownWindow[],
): Possible {
  const { path: used } = (call?.arguments ?? {}) as { path?: unknown };
  const forbidden = reason === "repeated" ? call : undefined;
  const calls = tools.flatMap((tool): Tool[] => {
    const isForbidden = forbidden?.name === tool.name;
    // The same command or search gives the same result, and free texts cannot be enumerated to exclude one.
    if (isForbidden && tool.name !== "read" && tool.name !== "edit") return [];
    if (tool.name === "read") return readable(tool, shownPaths(windows), isForbidden ? used : undefined);
    if (tool.name === "edit") return isForbidden ? [] : editable(tool, windows, used);
    if (tool.name === "create" && reason === "exists") return [];
    return [withAllProperties(tool)];
  });
  return { calls, orText: reason === "repeated" || reason === "empty" || calls.length === 0 };
}

/** Files that were shown can be read. If none was shown, any name is possible. */
function readable(tool: Tool, paths: readonly string[], except: unknown): Tool[] {
  const known = paths.filter((path) => path !== except).slice(0, MAX_PATHS);
  if (known.length === 0) return paths.length === 0 && except === undefined ? [narrowed(tool, { path: STRING })] : [];
  return [narrowed(tool, { path: { enum: known } })];
}

const STRING = { type: "string" };

/** Lines of the newest window can be edited: of the file that the call names, if that file was shown. */
function editable(tool: Tool, windows: readonly ShownWindow[], wanted: unknown): Tool[] {
  const window = windows.findLast(({ path }) => path === wanted) ?? windows.at(-1);
  if (!window) return [];
  const lines = { enum: window.lines.slice(-MAX_LINES).map(numberLine) };
  return [narrowed(tool, { path: { enum: [window.path] }, from: lines, to: lines, text: STRING })];
}

/** The tool without optional arguments, which a grammar cannot have. */
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
