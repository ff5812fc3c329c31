/** Finds the files that the sentence above a code block names. Pure. */
const PATH = /(?:[\w@.-]+\/)*[\w@-][\w@.-]*\.[A-Za-z]\w{0,9}\b/g;

/** @param answers latest first. @returns the paths as they are written there. */
export function namedAbove(answers: readonly string[], code: string): string[] {
  const wanted = code.trim();
  for (const answer of answers) {
    const at = wanted === "" ? -1 : answer.lastIndexOf(wanted);
    if (at < 0) continue;
    const lines = answer.slice(0, at).split("\n");
    const fence = lines.findLastIndex((line) => /^\s*(`{3,}|~{3,})/.test(line));
    const above = lines.slice(0, Math.max(0, fence)).findLast((line) => line.trim() !== "");
    return [...new Set(above?.match(PATH) ?? [])];
  }
  return [];
}
