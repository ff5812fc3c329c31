/** The sections of a file with several languages, such as Vue or Svelte: script, template and style. */
import { commonIndentation, dedent } from "../text/indentation.ts";
import { isBlank } from "../text/lines.ts";
import type { Replacement } from "./source.ts";

/** `opening`: the tag's line, trimmed. `first`, `last`: the lines of its tags, 0-based. `languageId`: its content's. */
export type Section = { tag: string; opening: string; first: number; last: number; languageId: string };

const SECTIONED = new Set(["vue", "svelte", "html", "astro"]);
const OPENING = /^(\s*)<(script|style|template)\b([^>]*)>\s*$/;

/** The sections in the order of the file. Empty for a language without sections. */
export function sectionsOf(lines: readonly string[], languageId: string): Section[] {
  if (!SECTIONED.has(languageId)) return [];
  const found: Section[] = [];
  for (let line = 0; line < lines.length; line++) {
    const [, indentation = "", tag, attributes = ""] = OPENING.exec(lines[line]!) ?? [];
    // Only in Vue, at the top level, is a template a section.
    if (tag === undefined || (tag === "template" && (languageId !== "vue" || indentation !== ""))) continue;
    const closing = new RegExp(`^${indentation}</${tag}>\\s*$`);
    const last = lines.findIndex((text, i) => i > line && closing.test(text));
    if (last < 0) continue;
    found.push({ tag, opening: lines[line]!.trim(), first: line, last, languageId: languageOf(tag, attributes) });
    line = last;
  }
  return found;
}

const LANGUAGES: Record<string, string> = {
  ts: "typescript",
  typescript: "typescript",
  tsx: "typescriptreact",
  jsx: "javascriptreact",
};

function languageOf(tag: string, attributes: string): string {
  const lang = /\b(?:lang|type)\s*=\s*["']?(?:text\/)?(\w+)/.exec(attributes)?.[1];
  if (tag === "script") return (lang && LANGUAGES[lang]) ?? "javascript";
  return tag === "style" ? (lang ?? "css") : "html";
}

/** Whether the lines consist of sections and blank lines only. */
export function isSections(lines: readonly string[], sections: readonly Section[]): boolean {
  return (
    sections.length > 0 &&
    lines.every((line, i) => isBlank(line) || sections.some(({ first, last }) => i >= first && i <= last))
  );
}

/** The file's section that a section of the code replaces. Undefined if there is not exactly one. */
export function sectionFor(wanted: Section, sections: readonly Section[]): Section | undefined {
  const alike = sections.filter(({ tag }) => tag === wanted.tag);
  if (alike.length === 1) return alike[0];
  const equal = alike.filter(({ opening }) => opening === wanted.opening);
  if (equal.length === 1) return equal[0];
  const isSetup = ({ opening }: Section) => /\b(?:setup|module|context)\b/.test(opening);
  const kindred = alike.filter((section) => isSetup(section) === isSetup(wanted));
  return kindred.length === 1 ? kindred[0] : undefined;
}

/** The lines between a section's tags without their common indentation, and that indentation. */
export function innerLines(
  lines: readonly string[],
  { first, last }: Section,
): { lines: string[]; indentation: string } {
  const inner = lines.slice(first + 1, last);
  const indentation = commonIndentation(inner);
  return { lines: inner.map((line) => dedent(line, indentation)), indentation };
}

/** Turns replacements of a section's inner lines into replacements of the file's lines. */
export function toFileLines(
  replacements: readonly Replacement[],
  { first }: Section,
  indentation: string,
): Replacement[] {
  const indented = (line: string) => (isBlank(line) ? line : indentation + line);
  return replacements.map((replacement) => ({
    first: replacement.first + first + 1,
    last: replacement.last + first + 1,
    lines: replacement.lines.map(indented),
  }));
}

/** Replaces the opening tag if the code's has all of the file's attributes and more. Otherwise empty. */
export function openingLine(file: readonly string[], own: Section, wanted: Section): Replacement[] {
  const attributes = ({ opening }: Section) => opening.match(/[\w:-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?/g) ?? [];
  const brought = new Set(attributes(wanted));
  if (own.opening === wanted.opening || attributes(own).some((attribute) => !brought.has(attribute))) return [];
  const line = file[own.first]!;
  return [{ first: own.first, last: own.first, lines: [line.replace(line.trim(), wanted.opening)] }];
}
