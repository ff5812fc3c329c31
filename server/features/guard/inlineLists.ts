/** Finds lost entries of lists in statements: keys of objects, named arguments, parameters, union members, columns. */
import type { Node } from "@vscode/tree-sitter-wasm";
import type { Grammars } from "../code/grammars.ts";
import { COMMAND_LANGUAGES, commandsIn, isGiven, isOption } from "./commands.ts";
import { countOf } from "./counts.ts";
import type { Texts } from "./declared.ts";
import { headOf } from "./heads.ts";
import type { Intent } from "./intent.ts";
import { boundName, collect, fieldOf, typesIn } from "./nodes.ts";

const LISTS = typesIn(`object object_pattern dictionary array list tuple set union_type literal_value initializer_list
  field_initializer_list array_expression array_creation_expression hash argument_list arguments formal_parameters parameters
  parameter_list method_parameters`);
/** In these lists only named entries are compared: the others are known by position. */
const ARGUMENTS = typesIn("argument_list arguments");
/** Lists that count even with one entry. An object with one entry is often another object. */
const SHORT = typesIn("field_initializer_list formal_parameters parameters parameter_list method_parameters");
const PARAMETERS = typesIn("formal_parameters parameters parameter_list method_parameters");
/** Nodes with a key. */
const KEYED =
  typesIn(`pair keyed_element keyword_argument field_initializer array_element_initializer argument named_argument
  shorthand_property_identifier shorthand_property_identifier_pattern shorthand_field_initializer pair_pattern
  object_assignment_pattern`);
/** Nodes whose text is the entry's name. */
const PLAIN = typesIn(`identifier property_identifier type_identifier scoped_identifier predefined_type literal_type
  string string_literal interpreted_string_literal raw_string_literal encapsed_string simple_symbol number integer float
  int_literal integer_literal member_expression attribute constant variable_name null generic_type array_type`);
/** Marks the scopes of heads (heads.ts). */
const HEAD = "(head)";
const FUNCTIONS = /^(?:function|method|constructor)_?(?:declaration|definition|item)?$|^(?:singleton_)?method$/;
/** Parameters that may go: callbacks, which asynchronous functions do not need, receivers and placeholders. */
const NEEDLESS = /^(?:done|callback|cb|next|resolve|reject|self|this|cls|_\w*)$/;
/** Maximum number of compared lists. */
const MOST_LISTS = 3000;

/** `scope`: the names around it, and its kind. */
type List = { scope: string; names: string[] };

/** Names that are gone from lists that keep at least one entry. */
export async function lostFromLists(
  { languageId, before, after }: Texts,
  intent: Intent,
  grammars: Grammars,
): Promise<string[]> {
  if (intent.shorter) return [];
  const [had, has] = [before, after].map((lines) => lines.join("\n")) as [string, string];
  const read = async (text: string) =>
    Object.hasOwn(READERS, languageId)
      ? READERS[languageId]!(text)
      : grammars.parse(languageId, text, ({ rootNode }) =>
          rootNode.hasError ? undefined : collect(rootNode, listsAt),
        );
  const listed = async (text: string) =>
    COMMAND_LANGUAGES.has(languageId)
      ? [...((await read(text)) ?? []), ...commandsIn(text, languageId)]
      : await read(text);
  const [old, fresh] = [await listed(had), await listed(has)];
  if (!old || !fresh || old.length + fresh.length > MOST_LISTS) return [];
  const [stood, stands] = [had, has].map((text) => countOf(text.match(WORD) ?? []));
  const assigned = new Set([...has.matchAll(/([\w$]+)\s*(?:=(?!=)|\{)/g)].map(([, name]) => name));
  /** Whether the name is elsewhere now. A member that is assigned elsewhere needs no initialiser. */
  const isMoved = (name: string, scope: string) =>
    (scope.endsWith(HEAD) && assigned.has(name)) ||
    (name.match(WORD) ?? []).every((word) => (stands!.get(word) ?? 0) >= stood!.get(word)!);
  const same = new Set(fresh.map(keyOf));
  const left = missing(fresh, new Set(old.map(keyOf)));
  const several = missing(old, same).filter(({ names }) => names.length > 1);
  const lost = several.flatMap(({ scope, names }) => {
    const closest = left
      .filter((other) => other.scope === scope)
      .map((other) => ({ other, kept: names.filter((name) => other.names.includes(name)).length }))
      .sort((a, b) => b.kept - a.kept)[0];
    if (!closest || closest.kept === 0) return [];
    left.splice(left.indexOf(closest.other), 1);
    const gained = intent.adds ? [] : closest.other.names.filter((name) => !names.includes(name));
    const isCommand = scope.startsWith("command ");
    const given = isCommand ? closest.other.names : [];
    const gone = names.filter(
      (name) => !closest.other.names.includes(name) && !isMoved(name, scope) && !NEEDLESS.test(name),
    );
    const isAutomatic = languageId === "makefile" && given.some((name) => /\$[@<^+?*]/.test(name));
    const lets = (name: string) =>
      (isAutomatic && !isOption(name)) ||
      isGiven(name, given) ||
      (intent.merges ? intent.names(name) : intent.mayRemove(name)) ||
      // A column of a query may be called without its table.
      (scope.startsWith("where ") && stands!.has(name.split(".").at(-1)!) && !has.includes(name));
    const unasked = gone.filter((name) => !lets(name));
    if (!isCommand) return unasked.slice(gained.length);
    // A new argument does not replace an option.
    return [isOption, (name: string) => !isOption(name)].flatMap((isOne) =>
      unasked.filter(isOne).slice(gained.filter(isOne).length),
    );
  });
  return [...new Set(lost)];
}

const unquoted = (text: string) => text.replace(/^["'`](.*)["'`]$/s, "$1");

const WORD = /[\p{L}\p{N}_$]+/gu;
const keyOf = ({ scope, names }: List) => JSON.stringify([scope, names]);
const missing = (lists: readonly List[], known: ReadonlySet<string>) => lists.filter((list) => !known.has(keyOf(list)));

function listsAt(node: Node, scope: string): List[] {
  const own = node.type === "union_type" && node.parent?.type === "union_type" ? [] : listOf(node, scope);
  const head = headOf(node);
  return head ? [...own, { scope: `${scope}${boundName(node)}${HEAD}`, names: head }] : own;
}

function listOf(node: Node, scope: string): List[] {
  const { type, parent } = node;
  if (!LISTS.has(type)) return [];
  if (PARAMETERS.has(type) && !isOfNamed(parent)) return [];
  if (type === "object_pattern" && !isParameter(node)) return [];
  const names = membersOf(node).flatMap((child) => labelOf(child, type) ?? []);
  const fewest = SHORT.has(type) ? 1 : 2;
  return names.length >= fewest ? [{ scope: `${scope}(${ARGUMENTS.has(type) ? calleeOf(parent) : type})`, names }] : [];
}

/** The entries of a list. The syntax tree nests unions to the left. */
function membersOf(node: Node): Node[] {
  const children = node.namedChildren.filter((child) => child !== null);
  return node.type === "union_type"
    ? children.flatMap((child) => (child.type === "union_type" ? membersOf(child) : child))
    : children;
}

const calleeOf = (call: Node | null) => (call && fieldOf(call, "function", "name", "constructor"))?.text ?? "";

/** Whether a node is a function with a name. Callbacks may take fewer parameters. */
const isOfNamed = (node: Node | null) =>
  node !== null &&
  (FUNCTIONS.test(node.type) || (node.type === "arrow_function" && node.parent?.type === "variable_declarator"));

function isParameter(node: Node): boolean {
  const list = node.parent && PARAMETERS.has(node.parent.type) ? node.parent : node.parent?.parent;
  return list !== null && list !== undefined && PARAMETERS.has(list.type);
}

function labelOf(node: Node, list: string): string | undefined {
  if (PARAMETERS.has(list)) return parameterOf(node);
  if (KEYED.has(node.type)) {
    const key = fieldOf(node, "key", "name", "field", "left");
    if (key) return unquoted(key.text);
    if (ARGUMENTS.has(list)) return undefined;
    return node.namedChildCount > 1 || /^shorthand/.test(node.type) ? (node.firstNamedChild ?? node).text : undefined;
  }
  if (ARGUMENTS.has(list)) return undefined;
  return PLAIN.has(node.type) ? unquoted(node.text) : undefined;
}

function parameterOf(node: Node): string | undefined {
  if (node.type === "identifier") return node.text;
  const name = fieldOf(node, "name", "pattern", "left");
  const text = (name ?? node.namedChildren.find((child) => child?.type === "identifier"))?.text;
  return text !== undefined && /^[\w$]+$/.test(text) ? text : undefined;
}

/** Languages whose lists are found in the text, without a syntax tree. */
const READERS: Record<string, (text: string) => List[]> = {
  sql: sqlLists,
  css: selectors,
  scss: selectors,
  less: selectors,
  html: attributes,
  xml: attributes,
};

/** Columns of SELECT and INSERT, inserted rows, and the operands of WHERE. */
function sqlLists(text: string): List[] {
  const plain = text.replace(/--.*$|\/\*[\s\S]*?\*\//gm, "");
  const all = (form: RegExp) => [...plain.matchAll(form)];
  return [
    ...all(/\bselect\s+(?:distinct\s+)?(.+?)\s+from\s+([\w."`[\]]+)/gis).map(([, list = "", table]) => ({
      scope: `select ${table}`,
      names: columnNames(list),
    })),
    ...all(/\binsert\s+into\s+([\w."`[\]]+)\s*\(([^()]*)\)/gis).map(([, table, list = ""]) => ({
      scope: `insert ${table}`,
      names: columnNames(list),
    })),
    ...all(/\bvalues\s*((?:\([^()]*\)\s*,?\s*)+)/gis).map(([, rows = ""]) => ({
      scope: "values",
      names: rows.match(/\([^()]*\)/g) ?? [],
    })),
    ...all(/\b(from|update)\s+([\w."`[\]]+)([^;]*)/gis).map(([, verb, table, rest = ""]) => ({
      scope: `where ${table}`,
      names: [verb!, ...conditions(rest), ...joined(rest)],
    })),
  ];
}

/** The tables that a query joins. */
const joined = (rest: string) =>
  [...rest.matchAll(/\bjoin\s+(?:lateral\s+)?([\w."`[\]]+)/gi)].map(([, table]) => table!);

/** "WHERE" and the operands that it compares. Empty without a WHERE. */
function conditions(rest: string): string[] {
  const where = /\bwhere\b([\s\S]*?)(?=\b(?:group|order|limit|having|returning|union)\b|$)/i.exec(rest)?.[1];
  return where === undefined
    ? []
    : ["WHERE", ...(where.match(/[\w."`[\]]+(?=\s*(?:[=<>!]|\bis\b|\bin\b|\blike\b|\bbetween\b))/gi) ?? [])];
}

/** The name of each column in the result. */
function columnNames(list: string): string[] {
  const flat = list.replace(/\((?:[^()]|\([^()]*\))*\)/g, "()");
  return flat.split(",").flatMap((column) => /([\w$]+)["`\]]?\s*$/.exec(column)?.[1] ?? []);
}

/** Selectors that share a rule. */
function selectors(text: string): List[] {
  const heads = text.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/([^{};@]+,[^{};@]+)\{/g);
  return [...heads].map(([, list = ""]) => ({ scope: "", names: list.split(",").map((selector) => selector.trim()) }));
}

/** Attributes of elements, except `class` and `style`. */
function attributes(text: string): List[] {
  const tags = text.matchAll(/<([A-Za-z][\w:.-]*)((?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)+)\s*\/?>/g);
  return [...tags].map(([, tag = "", list = ""]) => ({
    scope: tag,
    names: [...list.matchAll(/([\w:@.-]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/g)].flatMap(([, name = ""]) =>
      /^(?:class|style)$/.test(name) ? [] : name,
    ),
  }));
}
