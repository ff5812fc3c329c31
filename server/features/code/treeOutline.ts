/** An outline from tree-sitter's tree. This file knows what each grammar calls a declaration. */
import type { Node } from "@vscode/tree-sitter-wasm";
import { isBlank } from "../text/lines.ts";
import { isComment } from "../text/words.ts";
import { countErrors } from "./errorNodes.ts";
import { aboveDeclaration } from "./extent.ts";
import { nameOf, testCallback, valueIsFunction } from "./names.ts";
import type { Declaration, Group, Outline } from "./outlineTypes.ts";

const words = (text: string) => text.trim().split(/\s+/);
const GROUPS = new Map<string, Group>([
  ...words(`class_declaration abstract_class_declaration class class_definition interface_declaration enum_declaration
    internal_module module struct_item enum_item trait_item impl_item mod_item union_item record_declaration
    annotation_type_declaration class_specifier struct_specifier union_specifier enum_specifier namespace_definition
    namespace_declaration struct_declaration trait_declaration class_statement media_statement supports_statement at_rule`).map(
    (type) => [type, "container"] as const,
  ),
  ...words(`function_declaration generator_function_declaration function_signature method_definition method_signature
    abstract_method_signature function_definition function_item function_signature_item method_declaration
    constructor_declaration destructor_declaration operator_declaration local_function_statement method
    singleton_method function_statement class_method_definition macro_definition`).map(
    (type) => [type, "function"] as const,
  ),
  ...words(`lexical_declaration variable_declaration public_field_definition field_definition type_alias_declaration
    type_declaration const_declaration var_declaration const_item static_item type_item field_declaration declaration
    type_definition property_declaration assignment assignment_expression rule_set keyframes_statement preproc_def
    preproc_function_def`).map((type) => [type, "value"] as const),
]);
/** Nodes that can wrap a declaration. */
const WRAPPERS = new Set(
  words(`export_statement decorated_definition template_declaration ambient_declaration
  expression_statement`),
);
/** Nodes between a declaration and its visible members. */
const TRANSPARENT = new Set(
  words(`program source_file module translation_unit compilation_unit stylesheet class_body
  interface_body enum_body statement_block declaration_list field_declaration_list block body_statement script_block
  script_block_body statement_list preproc_if preproc_ifdef preproc_else linkage_specification if_statement
  enum_class_body enum_body_declarations class_block`),
);
const DECORATORS = new Set(words("decorator attribute_list marker_annotation annotation"));
/** The kind of a method that a grammar names otherwise without its class. */
const KINDS: Record<string, string> = { local_function_statement: "method_declaration" };
/** Maximum depth of declarations. */
const MAX_DEPTH = 100;

export function treeOutline(root: Node, lines: readonly string[]): Outline {
  const scope = { inFunction: false, nameless: false, depth: 0 };
  return { declarations: apart(declarationsIn(root, lines, scope)), errors: countErrors(root) };
}

/** `inFunction`: here only functions and classes count; the rest is local. */
type Scope = { inFunction: boolean; nameless: boolean; depth: number };

function declarationsIn(parent: Node, lines: readonly string[], scope: Scope): Declaration[] {
  if (scope.depth > MAX_DEPTH) return [];
  const depth = scope.depth + 1;
  return parent.namedChildren.flatMap((child): Declaration[] => {
    if (!child) return [];
    const node = unwrapped(child);
    const group = groupOf(node);
    const name = group && (group !== "value" || !scope.inFunction) ? nameOf(node) : undefined;
    if (!group || name === undefined) {
      const opaque = !(TRANSPARENT.has(child.type) || WRAPPERS.has(child.type));
      const inside = { inFunction: scope.inFunction || opaque, nameless: scope.nameless || opaque, depth };
      return declarationsIn(child, lines, inside);
    }
    const lined = extent(child, node, lines);
    const body = testCallback(node)?.body ?? node;
    const inside = declarationsIn(body, lines, { inFunction: group !== "container", nameless: false, depth });
    const children = apart(inside.filter(({ declaration }) => declaration > lined.declaration));
    return [{ name, kind: KINDS[node.type] ?? node.type, group, nameless: scope.nameless, ...lined, children }];
  });
}

/** A value that is a function counts as a function. A group of tests has its tests as members. */
function groupOf(node: Node): Group | undefined {
  if (node.type === "call_expression") return testCallback(node)?.group;
  const group = GROUPS.get(node.type);
  return group === "value" && valueIsFunction(node) ? "function" : group;
}

function unwrapped(node: Node): Node {
  if (!WRAPPERS.has(node.type)) return node;
  const inner = node.namedChildren.findLast((child) => child && (groupOf(child) || WRAPPERS.has(child.type)));
  return inner ? unwrapped(inner) : node;
}

function extent(
  outer: Node,
  node: Node,
  lines: readonly string[],
): Pick<Declaration, "first" | "declaration" | "last"> {
  const start = outer.startPosition.row;
  const around = [outer, node, ...node.namedChildren.filter((child) => child?.type === "modifiers")];
  const decorators = around
    .flatMap((part) => part?.namedChildren ?? [])
    .filter((part) => part && DECORATORS.has(part.type));
  const named = node.childForFieldName("name")?.startPosition.row ?? node.startPosition.row;
  let behind = Math.max(start, ...decorators.map((part) => part!.endPosition.row + 1));
  // Comments may be between the decorators and the declaration.
  while (behind < named && (isBlank(lines[behind]!) || isComment(lines[behind]!))) behind++;
  const declaration = Math.min(behind, Math.max(named, start));
  const { row, column } = outer.endPosition;
  // Some grammars include the line end.
  let last = column === 0 && row > start ? row - 1 : row;
  while (last > declaration && lines[last]!.trim() === "") last--;
  return { first: Math.min(start, aboveDeclaration(lines, declaration)), declaration, last };
}

/** Joins overloads, which share a name. Drops declarations that share a line: line numbers cannot distinguish them. */
function apart(declarations: Declaration[]): Declaration[] {
  const joined: Declaration[] = [];
  for (const declaration of declarations) {
    const before = joined.at(-1);
    if (before && isOverload(before, declaration)) {
      joined[joined.length - 1] = { ...declaration, first: before.first, declaration: before.declaration };
    } else joined.push(declaration);
  }
  return joined.filter((declaration, i) => {
    const [before, after] = [joined[i - 1], joined[i + 1]];
    return !(before && before.last >= declaration.declaration) && !(after && after.declaration <= declaration.last);
  });
}

const SIGNATURES = new Set(["function_signature", "method_signature", "abstract_method_signature"]);
const isOverload = (a: Declaration, b: Declaration) => SIGNATURES.has(a.kind) && a.name === b.name;
