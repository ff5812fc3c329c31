/** Finds the elements of HTML, XML and templates that a change loses or duplicates. */
import { VOID } from "../code/elementOutline.ts";
import { inOneLine } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import { countOf, missingFrom } from "./counts.ts";
import type { Findings, Texts } from "./declared.ts";
import type { Intent } from "./intent.ts";

const MARKUP = new Set(["html", "xml", "vue", "svelte", "astro", "handlebars", "xsl", "svg"]);
/** Scripts with elements in them. */
const SCRIPTS = new Set(["typescriptreact", "javascriptreact"]);
const RAW = new Set(["script", "style"]);
const TAG =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<(\/?)([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|\{[^{}]*\}|[^<>"'{}])*?)(\/?)>/g;
/** Attributes that say how an element looks, not what it is. */
const LOOKS = /\b(?:class|className|style|:class|v-bind:class)\s*=\s*(?:"[^"]*"|'[^']*'|\{[^{}]*\})/g;
/** The first of these attributes that an element has names it. */
const NAMES = ["id", "name", "key", "for", "href", "src"].map(
  (attribute) => new RegExp(`(?:^|\\s)${attribute}\\s*=\\s*(?:"([^"]+)"|'([^']+)')`),
);

/** A value in braces that an element shows. */
const SHOWS = /\{[^{}]*\w[^{}]*\}/;

/** Makes an element for each value of a list: an attribute, or what stands around the element. */
const LOOPS = /(?:v-for|\*ngFor|x-for|ng-repeat)=/;
const AROUND = /\{#each\b|\.map\(|@for\b|\{%-?\s*for\b/g;

/** From this similarity on, an element counts as rewritten. */
const ALIKE = 0.4;
/** From this share of its words on, an element's text counts as moved to another one. */
const STILL_SAID = 0.7;
/** Maximum length of a shown name, characters. */
const LONGEST_NAME = 40;
/** Maximum number of pairs to compare word by word. */
const MOST_PAIRS = 40_000;

/** `own`: its attributes and text, without the text of elements in it. `within`: its parent's index, -1 for none. */
type Element = { tag: string; name?: string; own: string; words: ReadonlySet<string>; within: number };

/** The lost and duplicated elements. Undefined for a language without elements. */
export function elementFindings({ languageId, before, after }: Texts, intent: Intent): Findings | undefined {
  const isScript = SCRIPTS.has(languageId);
  if (!MARKUP.has(languageId) && !isScript) return undefined;
  const [old, fresh] = [elementsOf(before, isScript), elementsOf(after, isScript)];
  const [gone, gained] = [missingFrom(old, fresh, keyOf), missingFrom(fresh, old, keyOf)];
  const again = copiesOf(gained, old, fresh, intent);
  const rest = gained.filter((element) => !again.includes(element));
  const isAllowed = intent.shorter || (isScript && intent.mayRemoveLines);
  const [had, has] = [before, after].map((lines) => lines.join("\n").match(AROUND)?.length ?? 0);
  const loops = has! > had!;
  const { lost, free } = isAllowed
    ? { lost: [], free: rest }
    : lostOf(gone, rest, { old, fresh, loops, isData: languageId === "xml" }, intent);
  const doubled = [...again, ...similarToAdjacent(free, old, fresh, intent), ...doubledOf(free, old, fresh)];
  return { lost, doubled: [...new Set(doubled.map(shownAs))] };
}

/** Whether a `<` in a script begins type arguments: it follows a word or a bracket. */
const isType = (text: string, at: number) => /[\w$.)\]<]/.test(text[at - 1] ?? "");

function elementsOf(lines: readonly string[], isScript: boolean): Element[] {
  const text = lines.join("\n");
  const all: { tag: string; attributes: string; text: string; number: number; within: number }[] = [];
  const open: (typeof all)[number][] = [];
  let raw: string | undefined;
  let at = 0;
  for (const match of text.matchAll(TAG)) {
    const [whole, closing, tag, attributes = "", selfClosing] = match;
    if (isScript && !closing && isType(text, match.index)) continue;
    if (raw === undefined && open.length > 0) open.at(-1)!.text += ` ${text.slice(at, match.index)}`;
    at = match.index + whole.length;
    if (tag === undefined || (raw !== undefined && !(closing && tag === raw))) continue;
    raw = undefined;
    if (closing) {
      const found = open.findLastIndex((element) => element.tag === tag);
      if (found >= 0) open.length = found;
      continue;
    }
    const element = { tag, attributes, text: "", number: all.length, within: open.at(-1)?.number ?? -1 };
    all.push(element);
    if (selfClosing || VOID.has(tag.toLowerCase())) continue;
    open.push(element);
    if (RAW.has(tag)) raw = tag;
  }
  return all.map(({ tag, attributes, text, within }) => {
    const said = `${attributes.replace(LOOKS, " ")} ${text}`.replace(/\s+/g, " ").trim();
    const words = wordsOf(said.replace(/[\w:@.-]+(?==["'{])/g, " "));
    return { tag, name: named(attributes), own: said, words, within };
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

/** `loops`: the new text has more of them. */
type Elements = { old: readonly Element[]; fresh: readonly Element[]; loops: boolean; isData: boolean };

/** `lost`: elements that nothing replaces, as they are shown. `free`: new elements that replace nothing. */
function lostOf(
  gone: readonly Element[],
  gained: readonly Element[],
  { old, fresh, loops, isData }: Elements,
  intent: Intent,
): { lost: string[]; free: Element[] } {
  const free = [...gained];
  const said = wordsOf(fresh.map(({ own }) => own).join(" "));
  const many = gone.length * gained.length > MOST_PAIRS;
  const othersThan = (element: Element) => (many ? () => false : showsAnother(element, old, intent));
  const closest = (element: Element) => {
    const named = free.findIndex(({ tag, name }) => tag === element.tag && name !== undefined && name === element.name);
    if (named >= 0 || many) return named;
    const isOther = othersThan(element);
    const alike = free.map((other) => (isOther(other) ? 0 : similarity(other.words, element.words)));
    const best = Math.max(0, ...alike);
    return best >= ALIKE ? alike.indexOf(best) : -1;
  };
  // Similar elements are matched first. Of the rest, each new one with the same tag counts as rewritten.
  const unknown = gone.filter((element) => {
    const at = closest(element);
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  });
  const lost = unknown.filter((element) => {
    const { tag, words } = element;
    if (words.size === 0 || intent.mayRemove(shownAs(element)) || intent.mayRemove(tag)) return false;
    if (shareOf(words, said) >= STILL_SAID || intent.mayRemoveAny(words)) return false;
    if (SHOWS.test(element.own) && gained.some((other) => isRepeated(other, element, loops))) return false;
    const isOther = othersThan(element);
    // In data, what is new is in addition.
    if (isData && intent.adds) return true;
    const at = free.findIndex((other) => other.tag === tag && other.words.size > 0 && !isOther(other));
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  });
  return { lost: [...new Set(lost.map(shownAs))], free };
}

/** Whether an element stands for several, of which another is one. */
const isRepeated = ({ tag, own, words }: Element, one: Element, loops: boolean) =>
  tag === one.tag &&
  (loops || LOOPS.test(own)) &&
  [...one.words].some((word) => [...words].some((other) => word.startsWith(other)));

/** Elements of the same kind in the same element. */
const siblingsOf = ({ tag, within }: Element, all: readonly Element[]) =>
  all.filter((other) => other.tag === tag && other.within === within);

/**
 * A test whether another element shows another value in place of this one, though nobody asked for that: it lacks all
 * words that distinguish this element from its siblings. Always false unless this is one of several that show a value.
 */
function showsAnother(element: Element, old: readonly Element[], intent: Intent): (other: Element) => boolean {
  if (intent.mayRemoveLines || !SHOWS.test(element.own)) return () => false;
  const siblings = siblingsOf(element, old).filter((one) => one !== element);
  if (siblings.length < 2) return () => false;
  const common = new Set(siblings.flatMap(({ words }) => [...words]));
  const distinct = ({ words }: Element) => [...words].filter((word) => !common.has(word));
  const own = distinct(element);
  return (other) => {
    if (other.tag !== element.tag || own.length === 0) return false;
    const its = distinct(other);
    const isKept = own.some((word) => its.some((one) => one.includes(word) || word.includes(one)));
    return !isKept && !its.some((word) => intent.names(word));
  };
}

/** The siblings right before and right after an element. */
function adjacentSiblings(element: Element, all: readonly Element[]): Element[] {
  const siblings = siblingsOf(element, all);
  const at = siblings.indexOf(element);
  return [siblings[at - 1], siblings[at + 1]].filter((one) => one !== undefined);
}

/** New elements that copy the element right beside them. */
function copiesOf(
  gained: readonly Element[],
  old: readonly Element[],
  fresh: readonly Element[],
  intent: Intent,
): Element[] {
  const known = new Set(old.map(keyOf));
  return gained.filter(
    (element) =>
      SHOWS.test(element.own) &&
      known.has(keyOf(element)) &&
      adjacentSiblings(element, fresh).some((other) => keyOf(other) === keyOf(element)) &&
      ![...element.words].some((word) => intent.names(word)),
  );
}

/** New elements that contain all words of the old element right beside them. */
function similarToAdjacent(
  free: readonly Element[],
  old: readonly Element[],
  fresh: readonly Element[],
  intent: Intent,
): Element[] {
  const known = new Set(old.map(keyOf));
  const isIn = (words: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...words].every((word) => others.has(word));
  return free.filter(
    (element) =>
      SHOWS.test(element.own) &&
      !known.has(keyOf(element)) &&
      adjacentSiblings(element, fresh).some(
        (other) =>
          known.has(keyOf(other)) &&
          other.words.size > 0 &&
          isIn(other.words, element.words) &&
          (!intent.adds || other.words.size === element.words.size),
      ),
  );
}

/** `<a#home>`, or the element's text. */
function shownAs({ tag, name, own, words }: Element): string {
  const text = name ?? own.replace(/[\w:@.-]+=(?:"[^"]*"|'[^']*')/g, "").trim();
  const shown = text === "" ? [...words].join(" ") : text;
  return `<${tag}> ${inOneLine(shown, LONGEST_NAME)}`;
}

/** Elements with content that were there before. */
function doubledOf(gained: readonly Element[], old: readonly Element[], fresh: readonly Element[]): Element[] {
  const [had, has] = [countOf(old.map(keyOf)), countOf(fresh.map(keyOf))];
  return gained.filter((element) => {
    const before = had.get(keyOf(element)) ?? 0;
    return (element.name !== undefined || element.words.size >= 2) && before > 0 && has.get(keyOf(element))! > before;
  });
}
