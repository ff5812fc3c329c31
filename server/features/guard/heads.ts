/** Reads the base types in a class's head, and the initialisers before a constructor's body. */
import type { Node } from "@vscode/tree-sitter-wasm";
import { typesIn } from "./nodes.ts";

const CLASSES = typesIn(`class_declaration class_definition class_specifier struct_specifier struct_declaration class
  abstract_class_declaration interface_declaration trait_item enum_declaration record_declaration object_declaration`);
const WORDS = typesIn(
  "extends implements with public private protected virtual where final object class struct permits",
);
const INITIALISERS = typesIn("field_initializer_list constructor_initializer");
const CONSTRUCTORS = typesIn("function_definition constructor_declaration");
const NAME = /[A-Za-z_$][\w$.:]*/g;
/** Maximum length of a head, characters. */
const LONGEST = 500;

/** An empty first entry for the head itself, then its names. Undefined for a node that has no such head. */
export function headOf(node: Node): string[] | undefined {
  if (CLASSES.has(node.type)) return ["", ...basesOf(node)];
  if (!CONSTRUCTORS.has(node.type)) return undefined;
  const initialisers = node.namedChildren.find((child) => child && INITIALISERS.has(child.type));
  return ["", ...(initialisers ? (withoutBrackets(initialisers.text).match(NAME) ?? []) : [])];
}

function basesOf(node: Node): string[] {
  const name = node.childForFieldName("name");
  if (!name) return [];
  const body = node.childForFieldName("body");
  const text = node.text.slice(name.endIndex - node.startIndex, (body?.startIndex ?? node.endIndex) - node.startIndex);
  const [head = ""] = body ? [text] : text.split("\n");
  if (head.length > LONGEST) return [];
  const plain = withoutTypeArguments(head);
  // Only in Python are the base types in brackets.
  const bases = node.type === "class_definition" ? plain : withoutBrackets(plain);
  return (bases.match(NAME) ?? []).filter((word) => !WORDS.has(word));
}

const withoutTypeArguments = (text: string) => withoutNested(text, /<[^<>]*>/g);
const withoutBrackets = (text: string) => withoutNested(text, /\([^()]*\)|\{[^{}]*\}/g);

function withoutNested(text: string, innermost: RegExp): string {
  const inner = text.replace(innermost, "");
  return inner === text ? text : withoutNested(inner, innermost);
}
