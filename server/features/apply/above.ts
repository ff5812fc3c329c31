/** Merges what is above a declaration: comments, and decorators, attributes or annotations. */
import { t } from "@vscode/l10n";
import { dedent, indentationOf, indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { notPlaced } from "./source.ts";

/** `name`: a decorator's; empty for a comment. A comment with a directive for a tool counts as a decorator. */
type Item = { kind: "comment" | "decorator"; name: string; lines: string[] };

const BLOCK = /^(?:\/\*|<#|--\[\[|\(\*|\{-)/;
/** Haskell: a function's type, on lines of its own. It counts as a decorator. */
const SIGNATURE = /^[a-z_][\w']*\s+::(?:\s|$)/;
const DECORATOR = new RegExp(`^(?:@|#!?\\[|\\[(?!\\[)|\\[\\[)|${SIGNATURE.source}`);
const DIRECTIVE =
  /^(?:\/\/|\/\*|#|--)\s*(?:eslint|prettier|biome|@ts-|ts-|tslint|istanbul|c8|v8|noinspection|nolint|go:|type:|fmt:|noqa|pylint|pragma|mypy|ruff|rubocop|clang|NOLINT|shellcheck|swiftlint|ktlint|sourcery|nosec|@phpstan|@psalm)/i;

/**
 * The file's lines with the code's merged in. The code's comments, if there are any, replace all of the file's. Throws
 * EngineError notPlaced if the name of a decorator is ambiguous.
 */
export function mergeAbove(file: readonly string[], code: readonly string[]): string[] {
  const [own, wanted] = [itemsOf(file), itemsOf(code)];
  if (wanted.length === 0) return [...file];
  const ofKind = (items: Item[], kind: Item["kind"]) => items.filter((item) => item.kind === kind);
  const said = ofKind(wanted, "comment");
  const comments = said.length > 0 ? said : ofKind(own, "comment");
  const decorators = mergeDecorators(ofKind(own, "decorator"), ofKind(wanted, "decorator"));
  const both = [own, wanted].find((items) => new Set(items.map(({ kind }) => kind)).size === 2);
  const parts = both?.[0]?.kind === "decorator" ? [decorators, comments] : [comments, decorators];
  return parts.flat().flatMap(({ lines }) => lines);
}

/** Merges by name. What the code lacks stays where it is. */
function mergeDecorators(own: readonly Item[], wanted: readonly Item[]): Item[] {
  const merged = [...own];
  const left = new Set(merged.keys());
  const equal = (a: Item, b: Item) => a.lines.join("").replace(/\s/g, "") === b.lines.join("").replace(/\s/g, "");
  const fresh = wanted.filter((item) => {
    const at = merged.findIndex((other, i) => left.has(i) && equal(item, other));
    if (at >= 0) left.delete(at);
    return at < 0;
  });
  let behind = merged.length;
  for (const item of fresh) {
    const alike = merged.flatMap((other, i) => (left.has(i) && other.name === item.name ? [i] : []));
    if (alike.length > 1) throw notPlaced(t("{0} is declared {1} times in it", `"${item.name}"`, alike.length));
    const [at] = alike;
    if (at === undefined) merged.splice(behind++, 0, item);
    else {
      merged[at] = item;
      left.delete(at);
    }
  }
  return merged;
}

function itemsOf(lines: readonly string[]): Item[] {
  const items: Item[] = [];
  const common = indentationOf(lines.find((line) => !isBlank(line)) ?? "");
  for (let i = 0; i < lines.length; ) {
    const text = lines[i]!.trim();
    const end = text === "" ? i : endOf(lines, i);
    const own = lines.slice(i, end + 1).map((line) => dedent(line, common));
    i = end + 1;
    if (text === "") continue;
    const decorator = DECORATOR.test(text) || DIRECTIVE.test(text);
    items.push({ kind: decorator ? "decorator" : "comment", name: decorator ? nameOf(text) : "", lines: own });
  }
  return items;
}

const nameOf = (text: string) => (DIRECTIVE.test(text) ? text : (/[\w.:]+/.exec(text)?.[0] ?? text));

/** The last line of the item that begins at `start`. */
function endOf(lines: readonly string[], start: number): number {
  const text = lines[start]!.trim();
  if (BLOCK.test(text)) {
    const end = lines.findIndex((line, i) => i >= start && /\*\/|#>|\]\]|\*\)|-\}/.test(line));
    return end < 0 ? lines.length - 1 : end;
  }
  if (!DECORATOR.test(text)) return start;
  if (SIGNATURE.test(text)) {
    const depth = indentationWidth(lines[start]!);
    let end = start;
    while (end + 1 < lines.length && !isBlank(lines[end + 1]!) && indentationWidth(lines[end + 1]!) > depth) end++;
    return end;
  }
  let depth = 0;
  for (let i = start; i < lines.length; i++) {
    depth += (lines[i]!.match(/[([{]/g) ?? []).length - (lines[i]!.match(/[)\]}]/g) ?? []).length;
    if (depth <= 0) return i;
  }
  return lines.length - 1;
}

/** The line with the annotations that `before` begins with, if it has none: `@Override public int total() {`. */
export function annotated(line: string, before: string): string {
  const annotations = /^\s*((?:@[\w.]+(?:\([^()]*\))?\s+|#\[[^\]]*\]\s*|\[\w+(?:\([^()]*\))?\]\s*)+)(?=[\w<])/;
  const own = annotations.exec(before)?.[1];
  if (own === undefined || annotations.test(line)) return line;
  return line.replace(/^\s*/, (indentation) => indentation + own);
}
