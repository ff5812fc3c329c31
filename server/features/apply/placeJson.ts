/** Merges an answer's JSON into a file: known keys get the new values, new keys are added, and all others stay. */
import { t } from "@vscode/l10n";
import { getNodeValue, type Node, type ParseError, parseTree } from "jsonc-parser";
import { elisionsIn } from "../code/elisions.ts";
import { commonIndentation, convertIndentation, dedent, indentationOf, indentationUnit } from "../text/indentation.ts";
import { notPlaced, type Replacement } from "./source.ts";

type Text = { text: string; root: Node };
type Edit = { offset: number; length: number; text: string };
type Merging = {
  file: Text;
  code: Text;
  edits: Edit[];
  elided: ReadonlySet<number>;
  unit: [own?: string, file?: string];
};

/** Keys that identify the objects of a list. */
const IDENTITIES = ["id", "name", "label", "key", "path", "url", "title"];

/**
 * One replacement of the whole file. Undefined unless both texts are JSON objects or both are lists, and the file's is
 * not empty. Throws EngineError notPlaced if two objects have no key in common.
 */
export function placeJson(lines: readonly string[], codeLines: readonly string[]): Replacement[] | undefined {
  const elided = elisionsIn(codeLines, lines, "jsonc");
  const kept = codeLines.map((line, i) => (elided.has(i) ? "" : line));
  const file = parsed(lines);
  // The code may be keys without brackets. Brackets are added on its lines, so that these keep their numbers.
  const code =
    parsed(kept) ?? parsed([`{${kept[0] ?? ""}`, ...kept.slice(1, -1), `${kept.length > 1 ? kept.at(-1) : ""}}`]);
  if (!file || !code || file.root.type !== code.root.type || file.root.children?.length === 0) return undefined;
  const unit: Merging["unit"] = [indentationUnit(codeLines), indentationUnit(lines)];
  const merging: Merging = { file, code, edits: [], elided, unit };
  if (file.root.type === "object") {
    const names = code.root.children!.flatMap(keyOf);
    const known = new Set(file.root.children!.flatMap(keyOf));
    if (!names.some((name) => known.has(name)))
      throw notPlaced(t("it does not declare {0}", names.map((name) => `"${name}"`).join(", ")));
    mergeObject(merging, file.root, code.root);
  } else if (file.root.type === "array") mergeArray(merging, file.root, code.root);
  else return undefined;
  const text = merging.edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((all, { offset, length, text }) => all.slice(0, offset) + text + all.slice(offset + length), file.text);
  return [{ first: 0, last: lines.length - 1, lines: text.split("\n") }];
}

function parsed(lines: readonly string[]): Text | undefined {
  const text = lines.join("\n");
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return root && errors.length === 0 ? { text, root } : undefined;
}

const keyOf = (property: Node): string[] => (property.children?.[0] ? [property.children[0].value as string] : []);
const valueNode = (property: Node): Node | undefined => property.children?.[1];
const isEqual = (a: Node, b: Node) => JSON.stringify(getNodeValue(a)) === JSON.stringify(getNodeValue(b));

function mergeObject(merging: Merging, own: Node, wanted: Node): void {
  let behind = own.children!.at(-1);
  const fresh = new Map<Node | undefined, Node[]>();
  for (const property of wanted.children ?? []) {
    const [key] = keyOf(property);
    const known = own.children!.find((other) => keyOf(other)[0] === key);
    if (known) {
      behind = known;
      mergeValue(merging, valueNode(known), valueNode(property));
    } else fresh.set(behind, [...(fresh.get(behind) ?? []), property]);
  }
  for (const [anchor, properties] of fresh) insert(merging, own, anchor, properties);
}

function mergeValue(merging: Merging, own: Node | undefined, wanted: Node | undefined): void {
  if (!own || !wanted || isEqual(own, wanted)) return;
  if (own.type === "object" && wanted.type === "object" && wanted.children!.length > 0)
    mergeObject(merging, own, wanted);
  else if (own.type === "array" && wanted.type === "array") mergeArray(merging, own, wanted);
  else merging.edits.push({ offset: own.offset, length: own.length, text: textOf(merging, wanted, own) });
}

/** Merges lists of objects that a key identifies. Any other list replaces the file's. */
function mergeArray(merging: Merging, own: Node, wanted: Node): void {
  const identity = IDENTITIES.find((key) => [own, wanted].every((list) => isKnownBy(list, key)));
  const partial = own.children!.length > wanted.children!.length || holdsElision(merging, wanted);
  if (identity === undefined) {
    if (holdsElision(merging, wanted))
      throw notPlaced(t("it is unclear where {0} belongs", firstLine(merging, wanted)));
    merging.edits.push({ offset: own.offset, length: own.length, text: textOf(merging, wanted, own) });
    return;
  }
  if (!partial && isEqual(own, wanted)) return;
  const named = new Map(own.children!.map((item) => [identityOf(item, identity), item]));
  const fresh: Node[] = [];
  for (const item of wanted.children!) {
    const known = named.get(identityOf(item, identity));
    if (known) mergeValue(merging, known, item);
    else fresh.push(item);
  }
  if (fresh.length > 0) insert(merging, own, own.children!.at(-1), fresh);
}

const identityOf = (item: Node, key: string) => (getNodeValue(item) as Record<string, unknown> | null)?.[key];

function isKnownBy({ children = [] }: Node, key: string): boolean {
  const values = children.map((item) => (item.type === "object" ? identityOf(item, key) : undefined));
  return (
    values.length > 0 && values.every((value) => typeof value === "string") && new Set(values).size === values.length
  );
}

function holdsElision({ code, elided }: Merging, { offset, length }: Node): boolean {
  const before = code.text.slice(0, offset).split("\n").length - 1;
  const count = code.text.slice(offset, offset + length).split("\n").length;
  return Array.from({ length: count }, (_, i) => before + i).some((line) => elided.has(line));
}

const firstLine = ({ code }: Merging, { offset }: Node) => code.text.slice(offset).split("\n")[1]?.trim() ?? "[";

/** Inserts items after `anchor`, on lines of their own if it has one. Without an anchor, `own` is empty. */
function insert(merging: Merging, own: Node, anchor: Node | undefined, items: readonly Node[]): void {
  const { file } = merging;
  if (!anchor) {
    const indentation = indentationAt(file.text, own.offset);
    const inner = `${indentation}${merging.unit[1] ?? "  "}`;
    const texts = items.map((item) => inner + textOf(merging, item, own, inner));
    const [open, close] = own.type === "object" ? "{}" : "[]";
    merging.edits.push({
      offset: own.offset,
      length: own.length,
      text: `${open}\n${texts.join(",\n")}\n${indentation}${close}`,
    });
    return;
  }
  const indentation = indentationAt(file.text, anchor.offset);
  const alone = file.text.slice(file.text.lastIndexOf("\n", anchor.offset - 1) + 1, anchor.offset).trim() === "";
  const separator = alone ? `,\n${indentation}` : ", ";
  const text = items.map((item) => separator + textOf(merging, item, anchor, indentation)).join("");
  merging.edits.push({ offset: anchor.offset + anchor.length, length: 0, text });
}

/** The text of a node of the code, indented like `beside` in the file. */
function textOf(
  { file, code, unit }: Merging,
  node: Node,
  beside: Node,
  depth = indentationAt(file.text, beside.offset),
): string {
  const [first = "", ...rest] = code.text.slice(node.offset, node.offset + node.length).split("\n");
  const filled = rest.filter((line) => line.trim() !== "");
  const outer = rest.length > 0 ? indentationOf(rest.at(-1)!) : commonIndentation(filled);
  const [own, to] = unit;
  const lines = filled.map((line) => {
    const inner = dedent(line, outer);
    return depth + (own && to && own !== to ? convertIndentation(inner, own, to) : inner);
  });
  return [first, ...lines].join("\n");
}

const indentationAt = (text: string, offset: number) =>
  indentationOf(text.slice(text.lastIndexOf("\n", offset - 1) + 1));
