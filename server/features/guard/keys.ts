/** Finds the keys of JSON, YAML, TOML and the like, and the members of lists, that a change loses or duplicates. */

import { inOneLine } from "../text/lines.ts";
import { similarity, wordsOf } from "../text/words.ts";
import type { Findings, Texts } from "./declared.ts";
import type { Intent } from "./intent.ts";
import { type Entry, entriesOf } from "./keyTrees.ts";

/** Keys that identify the members of a list. */
const IDENTITIES = ["id", "name", "label", "key", "path", "title", "url", "alias"];
/** From this similarity of their values on, a key counts as renamed. */
const RENAMED = 0.6;
/** Maximum number of pairs to compare word by word. */
const MOST_PAIRS = 40_000;
/** Maximum length of a shown name, characters. */
const LONGEST_NAME = 40;

/** Undefined for a language without keys. */
export function keyFindings({ languageId, before, after }: Texts, intent: Intent): Findings | undefined {
  const [old, fresh] = [entriesOf(before, languageId), entriesOf(after, languageId)];
  if (!old || !fresh) return undefined;
  const lost = new Set(intent.cleared ? [] : lostOf(old, fresh, { intent, elsewhere: surplus(old, fresh) }));
  const inOrder = flat(old).filter((entry) => lost.has(entry));
  return { lost: [...new Set(inOrder.map(shownAs))], doubled: [...new Set(doubledOf(old, fresh))] };
}

type Search = {
  intent: Intent;
  /** Entries that the file has more often than before, by name and value: they may have moved. */
  elsewhere: Map<string, number>;
};

function lostOf(old: readonly Entry[], fresh: readonly Entry[], search: Search): Entry[] {
  const { pairs, gone, gained } = matched(old, fresh);
  const inside = pairs.flatMap(([before, after]) => lostOf(before.children, after.children, search));
  return [...inside, ...goneOf(gone, gained, search)];
}

function goneOf(gone: readonly Entry[], gained: Entry[], search: Search): Entry[] {
  const { intent, elsewhere } = search;
  // YAML's merge key can bring the keys from elsewhere.
  if (gained.some(({ name }) => name === "<<")) return [];
  return gone.filter((entry) => {
    if (intent.mayRemove(nameOf(entry)) || (entry.member && isNamed(entry, intent)) || taken(elsewhere, entry))
      return false;
    if (entry.member && entry.children.length === 0 && intent.shorter) return false;
    const at = gained.findIndex((other) => isRenamed(entry, other, intent));
    if (at >= 0) gained.splice(at, 1);
    return at < 0;
  });
}

/** Whether the instruction names an entry by one of its words. */
const isNamed = (entry: Entry, intent: Intent) => intent.mayRemoveAny(wordsOf(textOf(entry)));

type Matched = { pairs: [Entry, Entry][]; gone: Entry[]; gained: Entry[] };

/** Pairs keys by name, and members by value, then by identity, then by similarity. */
function matched(old: readonly Entry[], fresh: readonly Entry[]): Matched {
  const all: Matched = { pairs: [], gone: [...old], gained: [...fresh] };
  if (all.gone.some(({ member }) => member)) {
    pairBy(all, textOf);
    pairBy(all, identityOf);
    pairAlike(all);
  } else pairBy(all, ({ name, member }) => (member ? undefined : name));
  return all;
}

function pairBy(all: Matched, by: (entry: Entry) => string | undefined): void {
  const found = new Map<string, Entry[]>();
  for (const entry of all.gained) {
    const name = by(entry);
    if (name === undefined) continue;
    const alike = found.get(name);
    if (alike) alike.push(entry);
    else found.set(name, [entry]);
  }
  // `pop` takes the first one then.
  for (const alike of found.values()) alike.reverse();
  const paired = new Set<Entry>();
  all.gone = all.gone.filter((entry) => {
    const other = found.get(by(entry) ?? "")?.pop();
    if (!other) return true;
    all.pairs.push([entry, other]);
    paired.add(other);
    return false;
  });
  all.gained = all.gained.filter((entry) => !paired.has(entry));
}

/** Pairs the rest, the most similar first; too many are paired in their order. */
function pairAlike(all: Matched): void {
  const many = all.gone.length * all.gained.length > MOST_PAIRS;
  const [gone, gained] = [all.gone, all.gained].map((entries) =>
    entries.map((entry) => ({ entry, words: many ? new Set<string>() : wordsOf(textOf(entry)) })),
  );
  const closest = gone!
    .flatMap((a, i) => (many ? [] : gained!.map((b, j) => ({ i, j, alike: similarity(a.words, b.words) }))))
    .sort((a, b) => b.alike - a.alike || Math.abs(a.i - a.j) - Math.abs(b.i - b.j));
  const pairs = many ? gone!.map((_, i) => ({ i, j: i })) : closest;
  const [left, right] = [new Set<number>(), new Set<number>()];
  for (const { i, j } of pairs) {
    if (left.has(i) || right.has(j) || j >= gained!.length) continue;
    left.add(i);
    right.add(j);
    all.pairs.push([gone![i]!.entry, gained![j]!.entry]);
  }
  all.gone = all.gone.filter((_, i) => !left.has(i));
  all.gained = all.gained.filter((_, j) => !right.has(j));
}

function isRenamed(from: Entry, to: Entry, intent: Intent): boolean {
  if (from.member !== to.member || intent.adds) return false;
  const [a, b] = [contentOf(from), contentOf(to)];
  return intent.mayRemoveLines || (a !== "" && a === b) || similarity(wordsOf(a), wordsOf(b)) > RENAMED;
}

/** Its content as one text. */
function contentOf({ value, children }: Entry): string {
  return [value, ...children.map(textOf)].filter((text) => text !== "").join("\n");
}

function textOf(entry: Entry): string {
  return entry.member ? contentOf(entry) : `${entry.name}: ${contentOf(entry)}`;
}

const identityOf = ({ children }: Entry) =>
  IDENTITIES.map((key) => children.find(({ name, value }) => name === key && value !== "")?.value).find(
    (value) => value,
  );

const nameOf = (entry: Entry) => (entry.member ? (identityOf(entry) ?? textOf(entry).split("\n")[0]!) : entry.name);

function shownAs(entry: Entry): string {
  return inOneLine(nameOf(entry), LONGEST_NAME);
}

function flat(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => [entry, ...flat(entry.children)]);
}

/** Identifies an entry by its name and value; a member also by its content. */
const signOf = (entry: Entry) => JSON.stringify([entry.name, entry.value, entry.member && textOf(entry)]);

/** How many more of each entry `fresh` has than `old`, by `signOf`. Negative if fewer. */
function surplus(old: readonly Entry[], fresh: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [entries, by] of [
    [fresh, 1],
    [old, -1],
  ] as const)
    for (const entry of flat(entries)) counts.set(signOf(entry), (counts.get(signOf(entry)) ?? 0) + by);
  return counts;
}

/** Whether the file has more of an entry than before, so that it has moved. Uses one of them up. */
function taken(elsewhere: Map<string, number>, entry: Entry): boolean {
  const count = elsewhere.get(signOf(entry)) ?? 0;
  if (count > 0) elsewhere.set(signOf(entry), count - 1);
  return count > 0;
}

/** Keys that are twice in one place, and members with the same words. */
function doubledOf(old: readonly Entry[], fresh: readonly Entry[]): string[] {
  const { pairs, gained } = matched(old, fresh);
  const inside = pairs.flatMap(([before, after]) => doubledOf(before.children, after.children));
  const isNew = new Set(gained);
  const known = new Set(fresh.filter((entry) => !isNew.has(entry)).map(telling));
  const again = gained.flatMap((entry) => {
    const text = telling(entry);
    const twice = text !== undefined && known.has(text);
    known.add(text);
    return twice ? [shownAs(entry)] : [];
  });
  return [...inside, ...again, ...gained.flatMap(({ children }) => doubledOf([], children))];
}

/** The text by which an entry counts as repeated. Undefined for a member without a word. */
const telling = (entry: Entry) =>
  !entry.member ? `${entry.name}:` : /\p{L}{2}/u.test(textOf(entry)) ? textOf(entry) : undefined;
