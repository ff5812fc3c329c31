/** What a declaration's node declares. */
import type { Node } from "@vscode/tree-sitter-wasm";

const FUNCTIONS = new Set(["arrow_function", "function_expression", "function", "generator_function", "class"]);
/** Names in grammars that have no field for them. */
const NAME_TYPES = new Set(["function_name", "simple_name", "property_identifier", "private_property_identifier"]);
/** What holds several names, each in a part of its own. */
const LISTS = new Set([
  ...["lexical_declaration", "variable_declaration", "field_declaration", "const_declaration", "var_declaration"],
  ...["type_declaration", "property_declaration"],
]);

/** Undefined where it is nothing that another text could name. */
export function nameOf(node: Node): string | undefined {
  const name = rawName(node)?.replace(/\s+/g, " ").trim();
  return name === "" ? undefined : name;
}

function rawName(node: Node): string | undefined {
  const field = (name: string) => node.childForFieldName(name);
  const named = field("name");
  switch (node.type) {
    case "impl_item":
      return [field("trait"), field("type")].flatMap((part) => part?.text ?? []).join(" for ");
    case "assignment":
    case "assignment_expression":
      return field("left")?.text;
    case "rule_set":
    case "media_statement":
      return node.text.split("{")[0];
    case "method_definition": {
      const accessor = node.children.find((child) => child?.type === "get" || child?.type === "set");
      return named ? `${accessor ? `${accessor.type} ` : ""}${named.text}` : undefined;
    }
    case "method_declaration": {
      // Go's methods stand outside of their types.
      const receiver = field("receiver")?.text.match(/([\w]+)[^\w]*$/)?.[1];
      return named ? [...(receiver ? [receiver] : []), named.text].join(".") : undefined;
    }
  }
  if (named) return named.text;
  if (LISTS.has(node.type)) {
    const names = node.namedChildren.flatMap((child) => (child ? (partName(child) ?? []) : []));
    if (names.length > 0) return names.join(", ");
  }
  const declarator = field("declarator");
  if (declarator) return declaratorName(declarator);
  return node.namedChildren.find((child) => child && NAME_TYPES.has(child.type))?.text;
}

function partName(node: Node): string | undefined {
  const named = node.childForFieldName("name");
  if (named) return named.text;
  // C#'s fields wrap a declaration in another.
  return node.type === "variable_declaration" || node.type === "property_element" ? rawName(node) : undefined;
}

/** C's declarators are wrapped in each other: `*name(int x)[3]`. */
function declaratorName(node: Node): string {
  const inner = node.childForFieldName("declarator");
  if (inner) return declaratorName(inner);
  const name = node.type === "qualified_identifier" ? undefined : node.childForFieldName("name");
  return (name ?? node).text;
}

/** `const twice = (x) => …`, `exports.twice = function …`. */
export function valueIsFunction(node: Node): boolean {
  const parts = [node, ...node.namedChildren];
  return parts.some((part) => {
    const value = part?.childForFieldName("value") ?? part?.childForFieldName("right");
    return value ? FUNCTIONS.has(value.type) : false;
  });
}
