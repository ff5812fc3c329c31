/** The names that a syntax node declares. */
import type { Node } from "@vscode/tree-sitter-wasm";

const FUNCTIONS = new Set(["arrow_function", "function_expression", "function", "generator_function", "class"]);
/** Types of nodes that are names, in grammars without a field for names. */
const NAME_TYPES = new Set(["function_name", "simple_name", "property_identifier", "private_property_identifier"]);
/** Nodes with several names, each in a part of its own. */
const LISTS = new Set([
  ...["lexical_declaration", "variable_declaration", "field_declaration", "const_declaration", "var_declaration"],
  ...["type_declaration", "property_declaration"],
]);

/** The name of a declaration. Undefined if no other code can refer to it by name. */
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
    case "supports_statement":
    case "at_rule":
      return node.text.split("{")[0];
    case "call_expression":
      return testCallback(node)?.title;
    case "method_definition": {
      const accessor = node.children.find((child) => child?.type === "get" || child?.type === "set");
      return named ? `${accessor ? `${accessor.type} ` : ""}${named.text}` : undefined;
    }
    case "method_declaration": {
      // Go declares methods outside their types.
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
  // In C#, a field is a declaration inside another one.
  return node.type === "variable_declaration" || node.type === "property_element" ? rawName(node) : undefined;
}

/** Declarators in C are nested: `*name(int x)[3]`. */
function declaratorName(node: Node): string {
  const inner = node.childForFieldName("declarator");
  if (inner) return declaratorName(inner);
  const name = node.type === "qualified_identifier" ? undefined : node.childForFieldName("name");
  return (name ?? node).text;
}

/** Names for a group of tests, a test, and a hook in Jest, Vitest, Mocha, Jasmine and node:test. */
const TEST_GROUP = /^[fx]?(?:describe|context|suite)(?:\.\w+)*$/;
const TEST = /^[fx]?(?:it|test|specify)(?:\.\w+)*$/;
const HOOK = /^(?:before|after)(?:Each|All)?$/;

/**
 * The title and body of a group of tests, a test or a hook: `describe("cart", () => {…})`, `it("is empty", …)`,
 * `beforeEach(() => {…})`. Undefined for other calls.
 */
export function testCallback(node: Node): { title: string; group: "container" | "function"; body: Node } | undefined {
  if (node.type !== "call_expression") return undefined;
  const called = node.childForFieldName("function")?.text ?? "";
  const isGroup = TEST_GROUP.test(called);
  const isHook = HOOK.test(called);
  if (!isGroup && !isHook && !TEST.test(called)) return undefined;
  const given = node.childForFieldName("arguments")?.namedChildren ?? [];
  const body = given.find((argument) => argument && FUNCTIONS.has(argument.type))?.childForFieldName("body");
  const title = isHook ? called : given.find((argument) => /^(?:template_)?string$/.test(argument?.type ?? ""))?.text;
  return body && title ? { title, group: isGroup ? "container" : "function", body } : undefined;
}

/** Whether a declaration's value is a function: `const twice = (x) => …`, `exports.twice = function …`. */
export function valueIsFunction(node: Node): boolean {
  const parts = [node, ...node.namedChildren];
  return parts.some((part) => {
    const value = part?.childForFieldName("value") ?? part?.childForFieldName("right");
    return value ? FUNCTIONS.has(value.type) : false;
  });
}
