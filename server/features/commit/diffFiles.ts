/** Splits a unified diff into files. */
import { isUtf8 } from "node:buffer";

/** The changes to one file. */
export type FileDiff = { path: string; text: string };

const HEADER = /^diff --(?:git|cc|combined) (.*)$/;
/** Header lines that add nothing to the others. */
const NOISE = /^(?:diff --(?:git|cc|combined) |index |similarity index |--- |\+\+\+ )/;

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/**
 * The files of a diff, whose only line ending is "\n". `text`: without the lines that name the file. `path`: the new
 * path, or the old one of a deleted file.
 */
export function filesOf(diff: string): FileDiff[] {
  const parts = diff.split(/^(?=diff --(?:git|cc|combined) )/m).filter((part) => part.trim() !== "");
  return parts.map((part) => {
    const lines = part.trimEnd().split("\n");
    const body = lines.findIndex((line) => line.startsWith("@@"));
    const head = body < 0 ? lines : lines.slice(0, body);
    const rest = body < 0 ? [] : lines.slice(body);
    const said = head.filter((line) => !NOISE.test(line)).map((line) => line.replace(QUOTED, unquoted));
    return { path: pathOf(head), text: [...said, ...rest].join("\n") };
  });
}

function pathOf(head: readonly string[]): string {
  const marked = (marker: string) => {
    const line = head.find((line) => line.startsWith(marker))?.slice(marker.length);
    return line === undefined ? undefined : unquoted(line.replace(/\t.*$/, ""));
  };
  const [now, before] = [marked("+++ "), marked("--- ")].map((path) => (path === "/dev/null" ? undefined : path));
  const renamed = marked("rename to ") ?? marked("copy to ");
  // For a file without hunks (a binary one), only the header has the name.
  const header = head.flatMap((line) => HEADER.exec(line)?.[1] ?? [])[0];
  return renamed ?? withoutPrefix(now ?? before ?? (header === undefined ? "the files" : nameIn(header)));
}

const withoutPrefix = (path: string) => path.replace(/^[ab]\//, "");

/** The second of the two names in a header. They are equal unless the file was renamed, which other lines show. */
function nameIn(header: string): string {
  const quoted = /\s("(?:[^"\\]|\\.)*")$/.exec(header)?.[1];
  if (quoted) return unquoted(quoted);
  const middle = (header.length - 1) / 2;
  const [one, two] = [header.slice(0, middle), header.slice(middle + 1)];
  const alike = header[middle] === " " && withoutPrefix(one) === withoutPrefix(two);
  return alike ? two : (/ (b\/.*)$/.exec(header)?.[1] ?? header);
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Git quotes unusual names and writes their bytes in octal. Bytes that are not UTF-8 are read as Latin-1. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes = [...name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)].map(([, octal, escaped, plain]) =>
    octal ? Buffer.from([Number.parseInt(octal, 8) & 0xff]) : Buffer.from(plain ?? ESCAPES[escaped!] ?? escaped!),
  );
  const all = Buffer.concat(bytes);
  return all.toString(isUtf8(all) ? "utf8" : "latin1");
}
