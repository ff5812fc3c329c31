/** The elements of HTML and XML that have lines of their own. */
import { dataDeclaration } from "./dataDeclaration.ts";
import type { Declaration } from "./outlineTypes.ts";

/** Elements without an end tag (HTML, "Void elements"). */
export const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
const RAW = new Set(["script", "style", "textarea", "pre"]);
const TAG =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*?)(\/?)>/g;

type Open = { tag: string; element: Declaration; ownLine: boolean };

/** An element's name is its tag, with its id if it has one. Equal siblings have the same name. */
export function elementOutline(lines: readonly string[]): Declaration[] {
  const text = lines.join("\n");
  const starts = startsOf(lines);
  const top: Declaration[] = [];
  const open: Open[] = [];
  let raw: string | undefined;
  let line = 0;
  for (const match of text.matchAll(TAG)) {
    const [all, closing, tag, attributes = "", selfClosing] = match;
    const end = match.index + all.length;
    while (line + 1 < starts.length && starts[line + 1]! <= match.index) line++;
    if (tag === undefined || (raw !== undefined && !(closing && tag === raw))) continue;
    raw = undefined;
    if (closing) {
      const at = open.findLastIndex((one) => one.tag === tag);
      if (at >= 0) close(open.splice(at), lines, starts, line, end, open.at(-1)?.element.children ?? top);
      continue;
    }
    const id = /\bid\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1];
    const element = dataDeclaration("element", id ? `${tag}#${id}` : tag, line, line);
    const ownLine = text.slice(starts[line]!, match.index).trim() === "";
    const opened = { tag, element, ownLine };
    if (selfClosing || VOID.has(tag.toLowerCase())) {
      const last = lineAt(starts, end - 1, line);
      close([opened], lines, starts, last, end, open.at(-1)?.element.children ?? top);
    } else {
      open.push(opened);
      if (RAW.has(tag)) raw = tag;
    }
  }
  return top;
}

/** Ends the first of these elements here. The others have no end and are dropped. */
function close(
  [first]: Open[],
  lines: readonly string[],
  starts: readonly number[],
  line: number,
  end: number,
  siblings: Declaration[],
): void {
  const { element, ownLine } = first!;
  const alone = ownLine && lines[line]!.slice(end - starts[line]!).trim() === "";
  element.last = line;
  // Elements without children are searched for at every level, like functions.
  element.group = element.children.length > 0 ? "container" : "function";
  if (alone) siblings.push(element);
}

function startsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

function lineAt(starts: readonly number[], offset: number, from: number): number {
  let line = from;
  while (line + 1 < starts.length && starts[line + 1]! <= offset) line++;
  return line;
}
