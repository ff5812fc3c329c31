/** Finds lost entries of lists with one entry a line that outlines lack: record fields, table columns, switch cases. */
import { indentationWidth } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import { similarity, wordsOf } from "../text/words.ts";
import { absentFrom } from "./counts.ts";
import { normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";

/** `head`: the line that the list follows. `item`: an entry; the first group is its name. `valued`: an entry counts as renamed only if its value is alike. */
type List = { head: RegExp; item: RegExp; valued?: boolean };

const CASES: List = { head: /\bswitch\b/, item: /^case\s+(.+?)\s*(?::(?!:)|->|=>)/ };
const KOTLIN: List[] = [
  {
    head: /\bclass\s+\w+.*\($/,
    item: /^(?:(?:private|public|internal|protected|override|vararg|@\w+)\s+)*(?:val|var)\s+(\w+)\s*:/,
  },
  { head: /\benum\s+class\b.*\{$/, item: /^([A-Z][A-Za-z0-9_]*)\s*(?:\(.*\))?\s*[,;]?$/ },
  { head: /\bwhen\b.*\{$/, item: /^(?!else\b)([^{}]+?)\s*->/ },
];
const SQL: List[] = [
  {
    head: /^create\s+(?:\w+\s+)*table\b/i,
    item: /^(?!(?:primary|foreign|unique|constraint|check|key|index)\b)["`[]?(\w+)["`\]]?\s+\w/i,
  },
  { head: /^(?:select|insert\s+into|returning)\b/i, item: /^(?:.*\bas\s+)?(?:\w+\.)?["`[]?(\w+)["`\]]?\s*,?$/i },
];
/** Settings of a block, entries of a table. */
const SET: List = { head: /[{]$/, item: /^["'[]{0,2}([\w.-]+)["'\]]{0,2}\s*=(?!=)/ };
/** Arguments and blocks of a block. */
const HCL: List = {
  head: /[{]$/,
  item: /^(?:["']?([\w.-]+)["']?\s*=(?![=>])|([\w-]+)\s*(?:"[^"]*"\s*)*\{)/,
  valued: true,
};
const LISTS: Record<string, List[]> = {
  lua: [SET],
  graphql: [{ head: /^(?:extend\s+)?(?:type|input|interface|enum)\b.*\{$/, item: /^(\w+)\s*(?:\(.*\)?\s*)?(?::|@|$)/ }],
  terraform: [HCL],
  hcl: [HCL],
  kotlin: KOTLIN,
  sql: SQL,
  java: [CASES, { head: /\brecord\s+\w+.*\($/, item: /^(?:@\w+(?:\([^)]*\))?\s+)*[\w<>[\],.? ]+?\s+(\w+)\s*,?$/ }],
  swift: [CASES, { head: /\benum\b.*\{$/, item: /^case\s+(\w+)/ }],
  rust: [{ head: /\bmatch\b.*\{$/, item: /^(?!_\b)([^{}]+?)\s*=>/ }],
  powershell: [{ head: /^param\s*\($/i, item: /^(?:\[[^\]]*\]\s*)*\$(\w+)/ }],
  ...Object.fromEntries(
    "typescript typescriptreact javascript javascriptreact c cpp csharp go php".split(" ").map((id) => [id, [CASES]]),
  ),
  shellscript: [{ head: /^case\b.*\sin$/, item: /^\(?(?!\*\))([^()]+)\)/ }],
  python: [{ head: /^match\b.*:$/, item: /^case\s+(?!_\s*:)(.+?)\s*:$/ }],
};

/** From this similarity of the values on, an entry counts as renamed. */
const RENAMED = 0.5;
/** Lines that may have a list below them. */
const OPENS = /[{(:]$|^(?:select|returning)$|\sin$/i;

type Item = { scope: string; name: string; list: List; value: string };

/** Names that are gone from lists that are still there. `added`: the text of all added lines. */
export function lostItems(
  { languageId, before, after }: { languageId: string; before: readonly string[]; after: readonly string[] },
  added: string,
  intent: Intent,
): string[] {
  const lists = Object.hasOwn(LISTS, languageId) ? LISTS[languageId]! : undefined;
  if (!lists || intent.shorter) return [];
  const [old, fresh] = sameHeads(itemsOf(before, lists), itemsOf(after, lists));
  const gained = absentFrom(fresh, old, keyOf);
  const scopes = new Set(fresh.map(({ scope }) => scope));
  const said = wordsOf(added);
  const lost = absentFrom(old, fresh, keyOf).filter(({ scope, name, list, value }) => {
    const words = wordsOf(name);
    if (!scopes.has(scope) || intent.mayRemove(name) || intent.mayRemoveAny(words)) return false;
    // The added lines still contain it.
    if (words.size > 0 ? [...words].every((word) => said.has(word)) : added.includes(name)) return false;
    const at = gained.findIndex((item) => item.scope === scope && (!list.valued || isRenamed(name, value, item)));
    if (at >= 0) gained.splice(at, 1);
    return at < 0 || intent.adds;
  });
  return [...new Set(lost.map(({ name }) => name))];
}

/** Whether the other entry has a similar name or value. */
function isRenamed(name: string, value: string, other: Item): boolean {
  const partsOf = (text: string) => text.split(/[_.-]/).filter((part) => part.length > 2);
  if (partsOf(name).some((part) => partsOf(other.name).includes(part))) return true;
  // Both say how often a block of Terraform exists.
  if (name === "count" && other.name === "for_each") return true;
  const words = wordsOf(value);
  return words.size > 0 && similarity(words, wordsOf(other.value)) >= RENAMED;
}

/** Gives a list the same scope in both texts if each has only one list of its kind, because the head may change. */
function sameHeads(old: Item[], fresh: Item[]): [Item[], Item[]] {
  const isOne = (items: readonly Item[], list: List) =>
    new Set(items.flatMap((item) => (item.list === list ? item.scope : []))).size === 1;
  const lists = [...new Set(fresh.map(({ list }) => list))];
  const single = new Set(lists.filter((list) => isOne(old, list) && isOne(fresh, list)));
  const renamed = (items: Item[]) => items.map((item) => (single.has(item.list) ? { ...item, scope: "" } : item));
  return [renamed(old), renamed(fresh)];
}

type Open = { width: number; scope: string; list?: List; depth?: number; item?: Item | undefined };

/** The entries directly below a list's head: one level deeper, or as deep, as cases of a switch may be. */
function itemsOf(lines: readonly string[], lists: readonly List[]): Item[] {
  const items: Item[] = [];
  const open: Open[] = [];
  for (const line of lines) {
    if (isBlank(line)) continue;
    const [text, width] = [line.trim(), indentationWidth(line)];
    const ends = (one: Open) => one.width > width || (one.width === width && !one.list?.item.test(text));
    while (open.length > 0 && ends(open.at(-1)!)) open.pop();
    const around = open.at(-1);
    if (around) around.depth ??= width;
    for (const { item } of open) if (item) item.value += `\n${text}`;
    const match = around?.depth === width ? around.list?.item.exec(text) : undefined;
    const name = match?.slice(1).find((group) => group !== undefined);
    const item =
      name === undefined
        ? undefined
        : { scope: around!.scope, name, list: around!.list!, value: text.slice(text.indexOf(name) + name.length) };
    if (item) items.push(item);
    if (!OPENS.test(text)) continue;
    open.push({
      width,
      scope: normalizeSpace(text).replace(/\W+/g, " "),
      list: lists.find(({ head }) => head.test(text)),
      item,
    });
  }
  return items;
}

const keyOf = ({ scope, name }: Item) => `${scope}\n${name}`;
