/** The head of a declaration: its name, its parameters, and what it extends. */
import type { Declaration } from "../code/outlineTypes.ts";
import { isBlank } from "../text/lines.ts";

type Part = Pick<Declaration, "declaration" | "last" | "children">;

const GOES_ON = /^\s*(?::|,|(?:extends|implements|where|with|permits|requires|inherits)\b)/;
/** What opens the body after a head. */
const OPENER = /\s*(?:\{|:|\bdo|=|\bwhere)\s*$/;

/** The last line of a head, 0-based: where its brackets close, or the last line that continues it. */
export function endOfHead(lines: readonly string[], { declaration, last, children }: Part): number {
  let depth = 0;
  let end = declaration;
  for (let i = declaration; i < (children[0]?.first ?? last + 1); i++) {
    depth += (lines[i]!.match(/[([]/g) ?? []).length - (lines[i]!.match(/[)\]]/g) ?? []).length;
    end = i;
    if (/\{\s*$/.test(lines[i]!)) break;
    if (depth <= 0 && !GOES_ON.test(lines[i + 1] ?? "")) break;
  }
  return end;
}

/**
 * The head that replaces the file's. Undefined if the code's head is a beginning of it: an answer that shows a few
 * members often leaves out what a class extends, and its parameters.
 */
export function mergedHead(own: readonly string[], wanted: readonly string[]): string[] | undefined {
  const [there, said] = [own, wanted].map((lines) => bare(lines.join(" ").replace(OPENER, "")));
  const rest = there!.startsWith(said!) ? there!.slice(said!.length) : undefined;
  if (rest !== undefined && !(/\w$/.test(said!) && /^\w/.test(rest))) return undefined;
  const [opener = ""] = OPENER.exec(own.at(-1)!) ?? [];
  const lines = [...wanted];
  if (isBlank(lines.at(-1)!.replace(OPENER, ""))) lines.pop();
  lines.push(lines.pop()!.replace(OPENER, "").trimEnd() + opener);
  return lines;
}

const bare = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/\s*([(),:<>{}])\s*/g, "$1")
    .trim();
