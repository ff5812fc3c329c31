import type { ToolCall } from "../protocol.ts";
import { isDeeper, MAX_DEPTH, parseJson } from "../shared/depth.ts";

/**
 * Reads the text between `<TOOLCALL>` and `</TOOLCALL>`: a JSON array of calls, or one call without the brackets. A
 * call's arguments are an object, or a string with an object in JSON; left out they are `{}`. Undefined if any part is
 * not valid. Never throws.
 */
export function parseToolCalls(text: string): ToolCall[] | undefined {
  // There are lists and objects around a call's arguments.
  const value = parseJson(text, 2 * MAX_DEPTH);
  if (value === undefined) return undefined;
  const calls = (Array.isArray(value) ? value : [value]).map(toToolCall);
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** The complete calls in an array of calls that was cut off. Never throws. */
export function completeCalls(text: string): ToolCall[] {
  let [depth, end, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString && character === "\\") i++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") {
      depth--;
      if (depth === 1) end = i + 1;
    }
  }
  return parseToolCalls(`${text.slice(0, end)}]`) ?? [];
}

function toToolCall(value: unknown): ToolCall | undefined {
  if (!isObject(value) || typeof value.name !== "string" || value.name === "") return undefined;
  const given = "arguments" in value ? value.arguments : {};
  const args = typeof given === "string" ? parseJson(given) : given;
  return isObject(args) && !isDeeper(args) ? { name: value.name, arguments: args } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
