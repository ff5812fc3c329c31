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
