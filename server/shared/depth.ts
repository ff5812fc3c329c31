/**
 * Limits how deeply lists and objects from outside are nested. JSON.parse reads any depth, but JSON.stringify calls
 * itself for each level. From a few thousand levels it throws, and the value cannot be sent to another process.
 */

/** Most nested lists and objects in the arguments of a tool call. */
export const MAX_DEPTH = 64;

/** Parses a text of a model or an endpoint. Undefined if it is no JSON, or has more than `depth` nested lists and objects. */
export function parseJson(text: string, depth = MAX_DEPTH): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, depth) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether more than `depth` lists and objects are nested. */
export function isDeeper(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeper(item, depth - 1));
}
