/** Finds members other than functions, in languages without a grammar: fields, constants, cases, initializers. */
import { GRAMMARS } from "../code/grammars.ts";
import type { Declaration } from "../code/outlineTypes.ts";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank, lineNumbers } from "../text/lines.ts";
import { isComment } from "../text/words.ts";
import { endOfHead } from "./heads.ts";

/** Annotations and modifiers before a declaration. */
const BEFORE = String.raw`(?:@[\w.:]+(?:\([^()]*\))?\s+)*(?:(?:public|private|protected|internal|fileprivate|open|static|class|final|override|lateinit|late|lazy|weak|unowned|external|abstract|required|implicit|inline|mutable|const|covariant|nonisolated|indirect|sealed)(?:\([^()]*\))?\s+)*`;
const NAMED = new RegExp(
  `^${BEFORE}(?:let|var|val|case|typealias|associatedtype|type|given|object|property|event|alias|member)\\s+(?:mutable\\s+)?[\`(]?([\\w$.]+)`,
);
const BLOCK = new RegExp(`^${BEFORE}(init|deinit|companion|subscript|static|constructor)\\b[^=]*[({]`);
/** Type arguments, at most three levels deep. They can match in one way only, so that the pattern stays fast. */
const OF_TYPES = "<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>";
/** `final int x;`, `Map<String, int> y = {};`, `A(this.x);`, `int g() => 1;`, `id: ID!` */
const TYPED = new RegExp(
  `^${BEFORE}(?:factory\\s+)?(?:[\\w$.]+(?:${OF_TYPES})?[?\\[\\]*]*\\s+)*([\\w$.]+)\\s*(?:[=;(:]|$)`,
);
/** Directives, whose name is their whole text. */
const DIRECTIVE = /^(?:use|import|alias|require|include|extend|mixin|with|inherit)\s+[\w.]+|^@\w+/;
const CLOSES = /^(?:[)\]}]|end\b)/;

/** The same declarations, but containers have their fields as children. Unchanged in languages with a grammar. */
export function withFields(
  declarations: readonly Declaration[],
  lines: readonly string[],
  languageId: string,
): Declaration[] {
  if (Object.hasOwn(GRAMMARS, languageId)) return [...declarations];
  return declarations.map((declaration) => {
    const children = withFields(declaration.children, lines, languageId);
    const own = { ...declaration, children };
    if (declaration.group !== "container" && declaration.kind !== "type") return own;
    const members = withFieldsBetween(own, lines);
    return { ...own, children: members, group: members.length > children.length ? "container" : own.group };
  });
}

/** The children of a container with its fields between them. Only the children if a line has no name. */
function withFieldsBetween(container: Declaration, lines: readonly string[]): Declaration[] {
  const { children, last } = container;
  const begin = endOfHead(lines, container) + 1;
  const body = lineNumbers(begin, last).filter((line) => !isBlank(lines[line]!) && !/^[{}]/.test(lines[line]!.trim()));
  const depth = Math.min(...body.map((line) => indentationWidth(lines[line]!)));
  if (depth <= indentationWidth(lines[container.declaration]!)) return children;
  const members: Declaration[] = [];
  let above: number | undefined;
  for (const line of body) {
    const text = lines[line]!.trim();
    const child = children.find(({ first, last }) => first <= line && line <= last);
    if (child) {
      if (members.at(-1) !== child) members.push(child);
      above = undefined;
    } else if (indentationWidth(lines[line]!) > depth || CLOSES.test(text)) {
      const open = members.at(-1);
      if (!open || children.includes(open)) return children;
      open.last = line;
    } else if (isComment(text) || /^@[\w.]+(?:\(.*\))?$/.test(text)) above ??= line;
    else {
      const name = nameOf(text);
      if (name === undefined) return children;
      members.push({ ...FIELD, name, first: above ?? line, declaration: line, last: line, children: [] });
      above = undefined;
    }
  }
  return members;
}

const FIELD = { kind: "field_declaration", group: "value", nameless: false } as const;

const nameOf = (text: string) =>
  (NAMED.exec(text) ?? BLOCK.exec(text))?.[1] ?? DIRECTIVE.exec(text)?.[0] ?? TYPED.exec(text)?.[1];
