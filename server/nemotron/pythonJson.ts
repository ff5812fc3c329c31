/**
 * JSON as the chat template's `tojson` writes it: Python's `json.dumps(value, ensure_ascii=False)`, with a space behind
 * each comma and colon. That is what the model saw in training. Numbers are written the JavaScript way (`1e-7`, where
 * Python has `1e-07`). As in JSON.stringify, properties that are undefined are left out.
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`).join(", ")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** A value as Python's `str` writes it, which is what a template's `string` filter and `~` do. Containers are JSON's. */
export function pythonString(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null || value === undefined) return "None";
  return Array.isArray(value) ? `[${value.map(pythonRepr).join(", ")}]` : pythonJson(value);
}

/** Quotes as Python does: single ones, unless there is one in the text and no double one. */
function pythonRepr(value: unknown): string {
  if (typeof value !== "string") return pythonString(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  return quote + value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;
}
