/** Indents code of an answer like the place in a file where it goes. Pure. */

/** `before`: the line's text in front of it. `replaced`: the text that it replaces. `unit`: one level in the editor. */
export type Place = { before: string; replaced?: string; unit: string };

const indentationOf = (line: string) => /^[ \t]*/.exec(line)![0];
const isBlank = (line: string) => line.trim() === "";

/** Lines keep their depth relative to one another, in the editor's unit. The first line goes where the cursor is. */
export function indentCode(code: string, { before, replaced = "", unit }: Place): string {
  const lines = code.split(/\r\n|\r|\n/);
  const filled = lines.filter((line) => !isBlank(line));
  const common = filled.map(indentationOf).reduce((a, b) => sharedStart(a, b), indentationOf(filled[0] ?? ""));
  const relative = inUnit(
    lines.map((line) => (isBlank(line) ? "" : line.slice(common.length))),
    unit,
  );
  // A selection that begins with a line's indentation removes it.
  const atMargin = isBlank(before);
  const first = replaced.split(/\r\n|\r|\n/).find((line) => !isBlank(line)) ?? "";
  const depth = atMargin ? before + indentationOf(first) : indentationOf(before);
  return relative
    .map((line, i) => {
      if (line === "") return line;
      if (i > 0) return depth + line;
      return atMargin ? (depth + line).slice(before.length) : line.trimStart();
    })
    .join("\n");
}

function sharedStart(a: string, b: string): string {
  let end = 0;
  while (end < a.length && a[end] === b[end]) end++;
  return a.slice(0, end);
}

/** Converts only if every level is a whole number of units: other indentation aligns something. */
function inUnit(lines: readonly string[], unit: string): string[] {
  const indented = lines.map(indentationOf).filter((indentation) => indentation !== "");
  if (indented.length === 0) return [...lines];
  const own = indented.some((indentation) => indentation.startsWith("\t"))
    ? "\t"
    : " ".repeat(Math.min(...indented.map(({ length }) => length)));
  const isWhole = (indentation: string) => indentation === own.repeat(indentation.length / own.length);
  if (own === unit || own === " " || !indented.every(isWhole)) return [...lines];
  return lines.map((line) => {
    const { length } = indentationOf(line);
    return unit.repeat(length / own.length) + line.slice(length);
  });
}
