/**
 * JSON as the chat template's `tojson` writes it: Python's `json.dumps(value, ensure_ascii=False)`, with a space after
 * each comma and colon. The model saw this form in training. Numbers are written as in JavaScript (`1e-7`; Python
 * writes `1e-07`). Like JSON.stringify, it omits undefined properties.
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`).join(", ")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/**
 * A value as Python's `str` writes it; a template's `string` filter and `~` do the same. Objects are written as JSON.
 */
export function pythonString(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null || value === undefined) return "None";
  return Array.isArray(value) ? `[${value.map(pythonRepr).join(", ")}]` : pythonJson(value);
}

/** Quotes like Python: single quotes, unless the text has a single quote and no double quote. */
function pythonRepr(value: unknown): string {
  if (typeof value !== "string") return pythonString(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  return quote + value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;
}
