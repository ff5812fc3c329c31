/** Finds the elements of HTML, XML and templates that a change loses or duplicates. */
import { VOID } from "../code/elementOutline.ts";
import { inOneLine } from "../text/lines.ts";
import { shareOf, similarity, wordsOf } from "../text/words.ts";
import type { Asked } from "./asked.ts";
import { countOf, missingFrom } from "./counts.ts";
import type { Findings, Texts } from "./declared.ts";

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

/** An element that shows a value. */
const SHOWS = /\{[^{}]*\w[^{}]*\}/;

/** Makes an element for each value of a list: an attribute, or what stands around the element. */
const LOOPS = /(?:v-for|\*ngFor|x-for|ng-repeat)=/;
const AROUND = /\{#each\b|\.map\(|@for\b|\{%-?\s*for\b/g;

/** From this similarity on, an element counts as a rewritten one. */
const ALIKE = 0.4;
/** From this share of its words on, an element's text counts as moved to another one. */
const STILL_SAID = 0.7;
/** Maximum length of a shown name, characters. */
const LONGEST_NAME = 40;
/** Maximum number of pairs to compare word by word. */
const MOST_PAIRS = 40_000;

/** `own`: its attributes and its text, without the text of elements in it. `within`: the number of the element it is in. */
type Element = { tag: string; name?: string; own: string; words: ReadonlySet<string>; within: number };

/** Undefined for a language without elements. */
export function elementFindings({ languageId, before, after }: Texts, asked: Asked): Findings | undefined {
  const isScript = SCRIPTS.has(languageId);
  if (!MARKUP.has(languageId) && !isScript) return undefined;
  const [old, fresh] = [elementsOf(before, isScript), elementsOf(after, isScript)];
  const [gone, come] = [missingFrom(old, fresh, keyOf), missingFrom(fresh, old, keyOf)];
  const again = copiesOf(come, old, fresh, asked);
  const rest = come.filter((element) => !again.includes(element));
  const isLet = asked.shorter || (isScript && asked.letsLines);
  const [had, has] = [before, after].map((lines) => lines.join("\n").match(AROUND)?.length ?? 0);
  const loops = has! > had!;
  const { lost, free } = isLet
    ? { lost: [], free: rest }
    : lostOf(gone, rest, { old, fresh, loops, isData: languageId === "xml" }, asked);
  const doubled = [...again, ...likeBeside(free, old, fresh, asked), ...doubledOf(free, old, fresh)];
  return { lost, doubled: [...new Set(doubled.map(shownAs))] };
}

/** In a script, what stands right behind a word is a type. */
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

/** `lost`: those that nothing replaces, as they are shown. `free`: the new ones that replace nothing. */
function lostOf(
  gone: readonly Element[],
  come: readonly Element[],
  { old, fresh, loops, isData }: Elements,
  asked: Asked,
): { lost: string[]; free: Element[] } {
  const free = [...come];
  const said = wordsOf(fresh.map(({ own }) => own).join(" "));
  const many = gone.length * come.length > MOST_PAIRS;
  const othersThan = (element: Element) => (many ? () => false : showsAnother(element, old, asked));
  const likest = (element: Element) => {
    const named = free.findIndex(({ tag, name }) => tag === element.tag && name !== undefined && name === element.name);
    if (named >= 0 || many) return named;
    const isOther = othersThan(element);
    const alike = free.map((other) => (isOther(other) ? 0 : similarity(other.words, element.words)));
    const best = Math.max(0, ...alike);
    return best >= ALIKE ? alike.indexOf(best) : -1;
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
    if (SHOWS.test(element.own) && come.some((other) => isRepeated(other, element, loops))) return false;
    const isOther = othersThan(element);
    // In data, what is new is in addition.
    if (isData && asked.adds) return true;
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
 * Whether one of several elements of a kind shows a value, and another one in its place shows another value that nobody
 * asked for: nothing that tells it from its siblings is left.
 */
function showsAnother(element: Element, old: readonly Element[], asked: Asked): (other: Element) => boolean {
  if (asked.letsLines || !SHOWS.test(element.own)) return () => false;
  const siblings = siblingsOf(element, old).filter((one) => one !== element);
  if (siblings.length < 2) return () => false;
  const common = new Set(siblings.flatMap(({ words }) => [...words]));
  const distinct = ({ words }: Element) => [...words].filter((word) => !common.has(word));
  const own = distinct(element);
  return (other) => {
    if (other.tag !== element.tag || own.length === 0) return false;
    const its = distinct(other);
    const isKept = own.some((word) => its.some((one) => one.includes(word) || word.includes(one)));
    return !isKept && !its.some((word) => asked.names(word));
  };
}

/** The elements of the same kind right beside one. */
function besides(element: Element, all: readonly Element[]): Element[] {
  const siblings = siblingsOf(element, all);
  const at = siblings.indexOf(element);
  return [siblings[at - 1], siblings[at + 1]].filter((one) => one !== undefined);
}

/** New elements that are one right beside them once more, and take the place of another. */
function copiesOf(
  come: readonly Element[],
  old: readonly Element[],
  fresh: readonly Element[],
  asked: Asked,
): Element[] {
  const known = new Set(old.map(keyOf));
  return come.filter(
    (element) =>
      SHOWS.test(element.own) &&
      known.has(keyOf(element)) &&
      besides(element, fresh).some((other) => keyOf(other) === keyOf(element)) &&
      ![...element.words].some((word) => asked.names(word)),
  );
}

/** New elements that say what one right beside them says, in another way. */
function likeBeside(
  free: readonly Element[],
  old: readonly Element[],
  fresh: readonly Element[],
  asked: Asked,
): Element[] {
  const known = new Set(old.map(keyOf));
  const isIn = (words: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...words].every((word) => others.has(word));
  return free.filter(
    (element) =>
      SHOWS.test(element.own) &&
      !known.has(keyOf(element)) &&
      besides(element, fresh).some(
        (other) =>
          known.has(keyOf(other)) &&
          other.words.size > 0 &&
          isIn(other.words, element.words) &&
          (!asked.adds || other.words.size === element.words.size),
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
function doubledOf(come: readonly Element[], old: readonly Element[], fresh: readonly Element[]): Element[] {
  const [had, has] = [countOf(old.map(keyOf)), countOf(fresh.map(keyOf))];
  return come.filter((element) => {
    const before = had.get(keyOf(element)) ?? 0;
    return (element.name !== undefined || element.words.size >= 2) && before > 0 && has.get(keyOf(element))! > before;
  });
}
