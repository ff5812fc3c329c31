/** Finds types of parameters, results and fields that go while what they belong to stays. */
import type { Node } from "@vscode/tree-sitter-wasm";
import type { Grammars } from "../code/grammars.ts";
import { countOf } from "./counts.ts";
import type { Texts } from "./declared.ts";
import type { Intent } from "./intent.ts";
import { boundName, collect, fieldOf, readBoth, typesIn } from "./nodes.ts";

const LANGUAGES = new Set(["python", "php", "typescript", "typescriptreact"]);
const FUNCTIONS = typesIn(`function_definition function_declaration method_definition method_declaration arrow_function
  function_expression method_signature abstract_method_signature`);
const FIELDS = typesIn("public_field_definition");
const SELF = /^(?:self|cls|this)$/;
/** What an instruction about types speaks of. */
const WORDS =
  /\btyp(?:es?|ed|ing|ings|en|escript)\b|\b(?:un)?typed\b|annotat|\bhints?\b|signatur|infer|javascript|\bjs\b|generic|overload|lambda|\barrow\b|tip(?:o|os|i)\b|anotaci|annotaz|型/i;
/** `key`: the names around it and its own. */
type Typed = { key: string; name: string; isTyped: boolean };

/** The names whose type is gone, as `a:` of a parameter and `f()` of a result. */
export async function lostAnnotations(texts: Texts, intent: Intent, grammars: Grammars): Promise<string[]> {
  if (!LANGUAGES.has(texts.languageId) || intent.shorter || intent.reshapes || intent.mentions(WORDS)) return [];
  const both = await readBoth(texts, grammars, (root) =>
    collect(root, (node, scope) => (FUNCTIONS.has(node.type) ? ofFunction(node, scope) : ofField(node, scope))),
  );
  if (!both) return [];
  const [old, fresh] = both;
  // Overloads have the same names.
  const [had, has] = both.map((all) => countOf(all.map(({ key }) => key)));
  const untyped = new Set(fresh.flatMap(({ key, isTyped }) => (isTyped || has!.get(key) !== 1 ? [] : key)));
  const lost = old.filter(({ key, isTyped }) => isTyped && had!.get(key) === 1 && untyped.has(key));
  return [...new Set(lost.map(({ name }) => name))];
}

function ofFunction(node: Node, scope: string): Typed[] {
  const list = fieldOf(node, "parameters");
  // A callback's types come from where it is passed, and so do those of a variable with a type.
  if (!list || (node.type === "arrow_function" && !isBoundWithoutType(node))) return [];
  const parameters = list.namedChildren.flatMap((child) => {
    const typed = child && parameterOf(child);
    return typed && !SELF.test(typed.name)
      ? [{ key: `${scope}(${typed.name}`, name: `${typed.name}: …`, isTyped: typed.isTyped }]
      : [];
  });
  const result = fieldOf(node, "return_type");
  const shown = scope.trim().split("\n").at(-1) ?? "";
  return [...parameters, { key: `${scope})`, name: `${shown}(): …`, isTyped: result !== undefined }];
}

const isBoundWithoutType = ({ parent }: Node) =>
  parent?.type === "variable_declarator" && parent.childForFieldName("type") === null;

function parameterOf(node: Node): { name: string; isTyped: boolean } | undefined {
  if (node.type === "identifier") return { name: node.text, isTyped: false };
  const name =
    fieldOf(node, "name", "pattern") ?? node.namedChildren.find((child) => child?.type === "identifier") ?? undefined;
  if (!name || !/^[$\w]+$/.test(name.text)) return undefined;
  return { name: name.text, isTyped: fieldOf(node, "type") !== undefined || isInferred(node) };
}

/** Whether TypeScript knows the type from a value. */
const isInferred = (node: Node) =>
  /^(?:required_parameter|public_field_definition)$/.test(node.type) && fieldOf(node, "value") !== undefined;

/** A field of a class. In Python it is an assignment. */
function ofField(node: Node, scope: string): Typed[] {
  const isPython = node.type === "assignment" && node.parent?.parent?.parent?.type === "class_definition";
  if (!isPython && !FIELDS.has(node.type)) return [];
  const name = boundName(node)?.replace(/:[\s\S]*$/, "") ?? scope.trim().split("\n").at(-1)!;
  return [{ key: `${scope}.`, name: `${name}: …`, isTyped: fieldOf(node, "type") !== undefined || isInferred(node) }];
}
