/** Reads data files as trees of keys and list members. */
import { type Node, parseTree } from "jsonc-parser";
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";

/** A key with its value, or a member of a list. */
export type Entry = {
  /** The key; empty for a member of a list. */
  name: string;
  /** The text of its value. Entries below it are in `children`. */
  value: string;
  children: Entry[];
  /** Whether it is a member of a list. */
  member: boolean;
};

const READERS: Record<string, (lines: readonly string[]) => Entry[]> = {
  json: jsonEntries,
  jsonc: jsonEntries,
  yaml: yamlEntries,
  dockercompose: yamlEntries,
  toml: sectionEntries,
  ini: sectionEntries,
  properties: sectionEntries,
  dotenv: sectionEntries,
};

/** The entries at the top of a file. Undefined for a language without keys. */
export function entriesOf(lines: readonly string[], languageId: string): Entry[] | undefined {
  return Object.hasOwn(READERS, languageId) ? READERS[languageId]!(lines) : undefined;
}

const key = (name: string, value = ""): Entry => ({ name, value, children: [], member: false });
const item = (value = ""): Entry => ({ name: "", value, children: [], member: true });

function jsonEntries(lines: readonly string[]): Entry[] {
  const text = lines.join("\n");
  const root = parseTree(text, [], { allowTrailingComma: true });
  const within = (node: Node): Entry[] => {
    if (node.type === "array") return (node.children ?? []).map((value) => filled(item(), value));
    if (node.type !== "object") return [];
    return (node.children ?? []).flatMap(({ children: [name, value] = [] }) => {
      if (!name) return [];
      const entry = key(String(name.value));
      return [value ? filled(entry, value) : entry];
    });
  };
  const filled = (entry: Entry, value: Node): Entry => {
    const children = within(value);
    const scalar = children.length > 0 ? "" : text.slice(value.offset, value.offset + value.length);
    return { ...entry, value: scalar.replace(/^"(.*)"$/s, "$1"), children };
  };
  return root ? within(root) : [];
}

const YAML_KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s#"'{}[\],&*!|>%@`-][^#]*?|-[^\s#][^#]*?))\s*:(?:\s+(.*))?$/;
const SCALAR = /^[|>][-+\d]*$/;

type Open = { width: number; entry: Entry };

/** Reads YAML by indentation. Each document of the file is one member; there is always one. */
function yamlEntries(lines: readonly string[]): Entry[] {
  const documents = [item()];
  let open: Open[] = [{ width: -1, entry: documents[0]! }];
  /** The indentation of a block scalar's key: deeper lines are its text. */
  let text: number | undefined;
  for (const line of lines) {
    let said = line.trim();
    let width = indentationWidth(line);
    if (isBlank(line)) continue;
    if (text !== undefined && width > text) {
      open.at(-1)!.entry.value += `\n${said}`;
      continue;
    }
    text = undefined;
    if (said.startsWith("#")) continue;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(said)) {
      documents.push(item());
      open = [{ width: -1, entry: documents.at(-1)! }];
      continue;
    }
    for (let dash = /^-(?:\s+|$)/.exec(said); dash; dash = /^-(?:\s+|$)/.exec(said)) {
      // A list may be as deep as its key.
      while (open.at(-1)!.width > width || (open.at(-1)!.width === width && open.at(-1)!.entry.member)) open.pop();
      open.push({ width, entry: added(open, item()) });
      width += dash[0].length;
      said = said.slice(dash[0].length);
    }
    if (said === "") continue;
    const found = YAML_KEY.exec(said);
    if (!found) {
      const { entry } = open.at(-1)!;
      entry.value = `${entry.value} ${said.replace(/\s+#.*$/, "")}`.trim();
      if (SCALAR.test(said)) text = open.at(-1)!.width;
      continue;
    }
    while (open.at(-1)!.width >= width) open.pop();
    const value = (found[4] ?? "").replace(/(?:^|\s+)#.*$/, "");
    open.push({ width, entry: added(open, key(found[1] ?? found[2] ?? found[3]!, value)) });
    if (SCALAR.test(value)) text = width;
  }
  const filled = documents.filter(({ children }) => children.length > 0);
  for (const document of filled) flow(document);
  return filled.length > 0 ? filled : documents.slice(0, 1);
}

function added(open: readonly Open[], entry: Entry): Entry {
  open.at(-1)!.entry.children.push(entry);
  return entry;
}

/** Turns values that are lists in brackets, also over several lines, into members. */
function flow(entry: Entry): void {
  for (const child of entry.children) flow(child);
  if (entry.children.length === 0) entry.children.push(...listed(entry.value).map((value) => item(value)));
}

/** The members of a list in brackets. Empty for other values, and for a list of lists or objects. */
function listed(value: string): string[] {
  const inner = /^\[([^[\]{}]*)\]$/.exec(value.trim())?.[1];
  const parts = inner?.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^,"']+/g) ?? [];
  return parts.map((part) => part.trim().replace(/^(["'])(.*)\1$/s, "$2")).filter((part) => part !== "");
}

/** Reads sections in brackets and their assignments. Sections in double brackets become members of one key. */
function sectionEntries(lines: readonly string[]): Entry[] {
  const top: Entry[] = [];
  let section = top;
  let open: { value: Entry; ends: (text: string) => boolean } | undefined;
  for (const line of lines) {
    const text = line.trim();
    if (open) {
      open.value.value += `\n${text.replace(/(?:^|\s)#.*$/, "")}`;
      if (open.ends(text)) open = undefined;
      continue;
    }
    const [, list, name] = /^(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:[#;].*)?$/.exec(text) ?? [];
    if (name !== undefined) {
      const known = top.find((entry) => entry.name === name && entry.value === "");
      const own = list === "[[" ? (known ?? key(name)) : key(name);
      if (own !== known) top.push(own);
      section = own.children;
      if (list === "[[") {
        own.children.push(item());
        section = own.children.at(-1)!.children;
      }
      continue;
    }
    const [, named, value = ""] = /^(?:export\s+)?("[^"]*"|'[^']*'|[\w.\-$]+)\s*[=:]\s*(.*)$/.exec(text) ?? [];
    if (named === undefined) continue;
    const entry = key(named, value.replace(/\s+#.*$/, ""));
    section.push(entry);
    const quote = /^("""|''')/.exec(value)?.[1];
    if (quote && !value.slice(3).includes(quote)) open = { value: entry, ends: (text) => text.includes(quote) };
    else if (/^\[[^\]]*$/.test(value)) open = { value: entry, ends: (text) => /\]\s*(?:#.*)?$/.test(text) };
  }
  for (const entry of top) flow(entry);
  return top;
}
