/** A unified diff, file by file. */

export type FileDiff = { path: string; text: string };

const HEADER = /^diff --git /m;
/** What tells nothing that the rest does not. */
const NOISE = /^(?:diff --git |index |similarity index |--- |\+\+\+ )/;

/** "\n" is the only line ending. `text` is without the lines that name the file; `path` is the new one, or the old one of a file that went. */
export function filesOf(diff: string): FileDiff[] {
  const parts = diff.split(/^(?=diff --git )/m).filter((part) => part.trim() !== "");
  return parts.map((part) => {
    const lines = part.trimEnd().split("\n");
    const body = lines.findIndex((line) => line.startsWith("@@"));
    const head = body < 0 ? lines : lines.slice(0, body);
    const rest = body < 0 ? [] : lines.slice(body);
    return { path: pathOf(head), text: [...head.filter((line) => !NOISE.test(line)), ...rest].join("\n") };
  });
}

function pathOf(head: readonly string[]): string {
  const marked = (marker: string) => head.find((line) => line.startsWith(marker))?.slice(marker.length);
  const [now, before] = [marked("+++ "), marked("--- ")].map((path) => (path === "/dev/null" ? undefined : path));
  const renamed = marked("rename to ");
  // Of a file without hunks, a binary one, the header alone tells.
  const header = head.find((line) => HEADER.test(line))?.match(/ "?b\/(.*?)"?$/)?.[1];
  const path = renamed ?? now ?? before ?? header ?? "the files";
  return path.replace(/^"?[ab]\//, "").replace(/"$|\t.*$/g, "");
}
