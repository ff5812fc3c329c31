/** Reads dropped URIs in the format of VS Code and other programs: one URI a line, `#` for comments. Pure. */
/** The first type that the drop has is read. */
export const DROP_TYPES = ["application/vnd.code.uri-list", "text/uri-list"] as const;

/** The URIs of a list, each once. */
export function droppedUris(list: string): string[] {
  const lines = list.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line && !line.startsWith("#")))];
}
