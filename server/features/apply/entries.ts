/** Finds the entries of declarations that hold data: fields of a type, members of an enum, keys of an object. */

import { commentsAbove, dataDeclaration } from "../code/dataDeclaration.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";

/** Node types of declarations whose members can be data. */
const HOLDERS = new Set([
  ...["interface_declaration", "type_alias_declaration", "lexical_declaration", "variable_declaration", "enum_item"],
  ...[
    "type_declaration",
    "assignment",
    "assignment_expression",
    "const_item",
    "static_item",
    "public_field_definition",
  ],
]);
const ENTRY =
  /^(?:(?:readonly|public|private|protected|static|async|get|set|pub(?:\([^)]*\))?)\s+)*(?:"([^"]+)"|'([^']+)'|\[?([\w$.-]+)\]?)\??(?=\s*[:=,({;]|\s+[\w*[\]]|$)/;
/** A method of an enum, which comes after the constants. */
const METHOD = /^\w+\s+[\w\s<>[\],]*\(.*\{$/;
/** Types, whose fields need no commas between them. */
const TYPES = /^(?:interface|type_alias|type)_declaration$/;
const COMMENT = /^(?:\/\/|#(?!\[)|\/\*.*\*\/$|\*|\/\*)/;

/** The same declarations. Those that hold data, one entry a line, have the entries as children. */
export function withEntries(declarations: readonly Declaration[], lines: readonly string[]): Declaration[] {
  return declarations.map((declaration) => {
    const { kind, group, children } = declaration;
    const isEnum = kind === "enum_declaration" && children.length === 0;
    const entries = group !== "function" && (isEnum || HOLDERS.has(kind)) ? entriesOf(declaration, lines) : undefined;
    if (entries) return { ...declaration, group: "container", children: entries };
    return { ...declaration, children: withEntries(children, lines) };
  });
}

/** The entries of a declaration. Undefined if anything else is between its brackets. */
function entriesOf(
  { kind, declaration, last, children }: Declaration,
  lines: readonly string[],
): Declaration[] | undefined {
  if (!/\{$/.test(lines[declaration]!.trimEnd()) || !/^\s*[}\])]/.test(lines[last]!)) return undefined;
  const inner = lineNumbers(declaration + 1, last - 1);
  const filled = inner.filter((line) => !isBlank(lines[line]!));
  const depth = Math.min(...filled.map((line) => indentationWidth(lines[line]!)));
  const entries: Declaration[] = [];
  let inComment = false;
  for (const line of filled) {
    const text = lines[line]!.trim();
    // The inner lines of a block comment are one column deeper, and belong to the next entry.
    const isComment: boolean = inComment || (COMMENT.test(text) && !text.startsWith("*"));
    inComment = isComment && (inComment || text.startsWith("/*")) && !text.includes("*/");
    if (isComment) continue;
    if (indentationWidth(lines[line]!) > depth || /^[}\])]/.test(text)) {
      if (entries.length > 0) entries.at(-1)!.last = line;
      continue;
    }
    const [, double, single, bare] = ENTRY.exec(text) ?? [];
    const name = double ?? single ?? bare;
    if (name === undefined || (/^enum/.test(kind) && METHOD.test(text))) return undefined;
    // The outline already has functions.
    const known = children.find((child) => child.declaration === line);
    const list = TYPES.test(kind) ? "key" : "entry";
    entries.push(known ?? dataDeclaration(list, name, commentsAbove(lines, line, COMMENT), line));
  }
  return entries.length > 0 ? entries : undefined;
}

/** The line with a comma at its end, unless it ends with a sign that allows none. */
export function withComma(line: string): string {
  const text = line.trimEnd();
  return /[\w"'`)\]}]$/.test(text) ? `${text},` : line;
}
