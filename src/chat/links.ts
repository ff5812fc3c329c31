/** Which inline code of an answer leads somewhere: names and paths that occur in what the question refers to. */
import type { StoredTurn } from "./conversation.ts";

const INLINE_CODE = /(?<!`)`([^`\n]{1,80})`(?!`)/g;
/** A name, perhaps with members or a call: `put`, `Cart.put`, `put(name)`. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*(?:\([^()]*\))?$/u;
/** A path of one of the attached files, perhaps with a line. */
const PLACE = /^(.+?)(?::(\d+)(?:-\d+)?)?$/;

/** The texts as they stand between the backticks, each once. */
export function linksOf({ reply, sources, userContent }: StoredTurn): string[] {
  if (sources.length === 0 || userContent === undefined) return [];
  const known = wordsOf(userContent);
  const codes = [...reply.answer.matchAll(INLINE_CODE)].map(([, code]) => code!.trim());
  return [...new Set(codes)].filter(
    (code) =>
      sources.some((source) => isPlaceIn(code, source.reference)) ||
      (NAME.test(code) && chain(code).every((name) => known.has(name))),
  );
}

/** The name that is searched for: the last one of a chain, without a call's brackets. */
export const lastName = (code: string) => chain(code).at(-1)!;

const chain = (code: string) => code.replace(/\([^()]*\)$/, "").split(".");

/** The line that a text names, 1-based, or 0 for the whole file; undefined where it is no place in this file. */
export function lineIn(code: string, { label, detail }: { label: string; detail: string }): number | undefined {
  const [, path, line] = PLACE.exec(code) ?? [];
  const name = label.replace(/:\d+(-\d+)?$/, "");
  return path === name || path === detail ? Number(line ?? 0) : undefined;
}

const isPlaceIn = (code: string, reference: { label: string; detail: string }) => lineIn(code, reference) !== undefined;

const wordsOf = (text: string) => new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu));

/**
 * A link of an answer as a browser reads it, so that what is shown is where it leads: hosts in the letters that are looked
 * up (`xn--…`), all else that could pass for something else percent-encoded. Undefined where it is none to follow.
 */
export function linkTarget(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}
