/** Finds the elements of HTML, XML and templates that a change loses or duplicates. */
import { VOID } from "../code/elementOutline.ts";
import { inOneLine } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { countOf, missingFrom } from "./counts.ts";
import type { Findings, Texts } from "./declared.ts";

const MARKUP = new Set(["html", "xml", "vue", "svelte", "astro", "handlebars", "xsl", "svg"]);
const RAW = new Set(["script", "style"]);
const TAG =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|\{[^{}]*\}|[^<>"'{}])*?)(\/?)>/g;
/** Attributes that say how an element looks, not what it is. */
const LOOKS = /\b(?:class|className|style|:class|v-bind:class)\s*=\s*(?:"[^"]*"|'[^']*'|\{[^{}]*\})/g;
/** The first of these attributes that an element has names it. */
const NAMES = ["id", "name", "key", "for", "href", "src"].map(
  (attribute) => new RegExp(`(?:^|\\s)${attribute}\\s*=\\s*(?:"([^"]+)"|'([^']+)')`),
);

/** From this similarity on, an element counts as a rewritten one. */
const ALIKE = 0.4;
/** From this share of its words on, an element's text counts as moved to another one. */
const STILL_SAID = 0.7;
/** Maximum length of a shown name, characters. */
const LONGEST_NAME = 40;
/** Maximum number of pairs to compare word by word. */
const MOST_PAIRS = 40_000;

/** `own`: its attributes and its text, without the text of elements in it. */
type Element = { tag: string; name?: string; own: string; words: ReadonlySet<string> };

/** Undefined for a language without elements. */
export function elementFindings({ languageId, before, after }: Texts, asked: Asked): Findings | undefined {
  if (!MARKUP.has(languageId)) return undefined;
  const [old, fresh] = [elementsOf(before), elementsOf(after)];
  const [gone, come] = [missingFrom(old, fresh, keyOf), missingFrom(fresh, old, keyOf)];
  const { lost, free } = asked.shorter ? { lost: [], free: come } : lostOf(gone, come, fresh, asked);
  return { lost, doubled: doubledOf(free, old, fresh) };
}

function elementsOf(lines: readonly string[]): Element[] {
  const text = lines.join("\n");
  const all: { tag: string; attributes: string; text: string }[] = [];
  const open: (typeof all)[number][] = [];
  let raw: string | undefined;
  let at = 0;
  for (const match of text.matchAll(TAG)) {
    const [whole, closing, tag, attributes = "", selfClosing] = match;
    if (raw === undefined && open.length > 0) open.at(-1)!.text += ` ${text.slice(at, match.index)}`;
    at = match.index + whole.length;
    if (tag === undefined || (raw !== undefined && !(closing && tag === raw))) continue;
    raw = undefined;
    if (closing) {
      const found = open.findLastIndex((element) => element.tag === tag);
      if (found >= 0) open.length = found;
      continue;
    }
    const element = { tag, attributes, text: "" };
    all.push(element);
    if (selfClosing || VOID.has(tag.toLowerCase())) continue;
    open.push(element);
    if (RAW.has(tag)) raw = tag;
  }
  return all.map(({ tag, attributes, text }) => {
    const said = `${attributes.replace(LOOKS, " ")} ${text}`.replace(/\s+/g, " ").trim();
    return { tag, name: named(attributes), own: said, words: wordsOf(said.replace(/[\w:@.-]+(?==["'{])/g, " ")) };
  });
}

function named(attributes: string): string | undefined {
  for (const naming of NAMES) {
    const value = naming.exec(attributes);
    if (value) return value[1] ?? value[2];
  }
  return undefined;
}

const keyOf = ({ tag, own }: Element) => `${tag} ${own}`;

/** `lost`: those that nothing replaces, as they are shown. `free`: the new ones that replace nothing. */
function lostOf(
  gone: readonly Element[],
  come: readonly Element[],
  fresh: readonly Element[],
  asked: Asked,
): { lost: string[]; free: Element[] } {
  const free = [...come];
  const said = wordsOf(fresh.map(({ own }) => own).join(" "));
  const many = gone.length * come.length > MOST_PAIRS;
  const likest = (element: Element) => {
    const named = free.findIndex(({ tag, name }) => tag === element.tag && name !== undefined && name === element.name);
    if (named >= 0 || many) return named;
    return free.findIndex(({ words }) => similarity(words, element.words) >= ALIKE);
  };
  // Recognised elements first. Of the rest, each new one with the same tag counts as a rewritten one.
  const unknown = gone.filter((element) => {
    const at = likest(element);
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  });
  const lost = unknown.filter((element) => {
    const { tag, words } = element;
    if (words.size === 0 || asked.lets(shownAs(element)) || asked.lets(tag)) return false;
    if (shareOf(words, said) >= STILL_SAID || asked.letsAny(words)) return false;
    const at = free.findIndex((other) => other.tag === tag && other.words.size > 0);
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  });
  return { lost: [...new Set(lost.map(shownAs))], free };
}

/** `<a#home>`, or the element's text. */
function shownAs({ tag, name, own, words }: Element): string {
  const text = name ?? own.replace(/[\w:@.-]+=(?:"[^"]*"|'[^']*')/g, "").trim();
  const shown = text === "" ? [...words].join(" ") : text;
  return `<${tag}> ${inOneLine(shown, LONGEST_NAME)}`;
}

/** Elements with content that were there before. */
function doubledOf(come: readonly Element[], old: readonly Element[], fresh: readonly Element[]): string[] {
  const [had, has] = [countOf(old.map(keyOf)), countOf(fresh.map(keyOf))];
  const twice = come.filter((element) => {
    const before = had.get(keyOf(element)) ?? 0;
    return (element.name !== undefined || element.words.size >= 2) && before > 0 && has.get(keyOf(element))! > before;
  });
  return [...new Set(twice.map(shownAs))];
}
