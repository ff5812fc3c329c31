/** Outlines of data files, where keys, rules and elements take the place of declarations. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { commentsAbove, dataDeclaration } from "./dataDeclaration.ts";
import { elementOutline } from "./elementOutline.ts";
import type { Declaration } from "./outlineTypes.ts";
import { ruleOutline } from "./ruleOutline.ts";

type Outliner = (lines: readonly string[]) => Declaration[];

const OUTLINERS: Record<string, Outliner> = {
  yaml: yamlOutline,
  dockercompose: yamlOutline,
  toml: tableOutline,
  ini: tableOutline,
  properties: tableOutline,
  dotenv: tableOutline,
  css: ruleOutline,
  scss: ruleOutline,
  less: ruleOutline,
  html: elementOutline,
  xml: elementOutline,
  vue: elementOutline,
  svelte: elementOutline,
};

/** The outline of a data file. Undefined if its language is not a data language. */
export function dataOutline(lines: readonly string[], languageId: string): Declaration[] | undefined {
  return Object.hasOwn(OUTLINERS, languageId) ? OUTLINERS[languageId]!(lines) : undefined;
}

const YAML_KEY = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s#:"'{[&*!|>%@`-][^#]*?|-[^\s#][^#]*?))\s*:(?:\s|$)/;
const HASH = /^#/;

function yamlOutline(lines: readonly string[]): Declaration[] {
  const top: Declaration[] = [];
  const open: { width: number; key: Declaration }[] = [];
  /** Deeper lines than this belong to a list or a multi-line text. */
  let opaque: number | undefined;
  for (const [line, text] of lines.entries()) {
    const content = text.trim();
    if (content === "") continue;
    const width = indentationWidth(text);
    const item = /^-(?:\s|$)/.test(content);
    // A list can have the same indentation as its key.
    while (open.length > 0 && (open.at(-1)!.width > width || (open.at(-1)!.width === width && !item))) open.pop();
    if (HASH.test(content)) continue;
    for (const { key } of open) key.last = line;
    if (opaque !== undefined && width > opaque) continue;
    opaque = item ? width : undefined;
    if (item) continue;
    const [, double, single, plain] = YAML_KEY.exec(content) ?? [];
    const name = double ?? single ?? plain;
    if (name === undefined) continue;
    const key = dataDeclaration("key", name.trim(), commentsAbove(lines, line, HASH), line);
    const around = open.at(-1)?.key;
    if (around) around.group = "container";
    (around?.children ?? top).push(key);
    open.push({ width, key });
    if (/:\s*[|>][-+\d]*\s*(?:#.*)?$/.test(content)) opaque = width;
  }
  return top;
}

/** Tables with their keys, and the keys before all tables. */
function tableOutline(lines: readonly string[]): Declaration[] {
  const top: Declaration[] = [];
  let table: Declaration | undefined;
  const comment = /^[#;]/;
  for (let line = 0; line < lines.length; line++) {
    const content = lines[line]!.trim();
    if (isBlank(content) || comment.test(content)) continue;
    const header = /^\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:[#;].*)?$/.exec(content)?.[1];
    const name = header ?? /^(?:export\s+)?([^=\s][^=]*?)\s*[=:]/.exec(content)?.[1];
    if (name === undefined) continue;
    const found = dataDeclaration("key", name, commentsAbove(lines, line, comment), line);
    if (header !== undefined) {
      table = { ...found, group: "container" };
      top.push(table);
      continue;
    }
    line = found.last = endOfValue(lines, line);
    (table?.children ?? top).push(found);
    if (table) table.last = line;
  }
  return top;
}

/** The last line of the value that begins at `start`: a list or a string can span several lines. */
export function endOfValue(lines: readonly string[], start: number): number {
  const quotes = /"""|'''/.exec(lines[start]!)?.[0];
  if (quotes && lines[start]!.split(quotes).length === 2) {
    const end = lines.findIndex((line, i) => i > start && line.includes(quotes));
    return end < 0 ? start : end;
  }
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    const text = lines[i]!.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "").replace(/#.*$/, "");
    depth += (text.match(/[[{]/g) ?? []).length - (text.match(/[\]}]/g) ?? []).length;
    if (depth <= 0) return i;
  }
  return start;
}
