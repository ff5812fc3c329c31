/** Finds inline code of an answer that can be a link: names and paths that occur in the question's context. */
import type { StoredTurn } from "./conversation.ts";

const INLINE_CODE = /(?<!`)`([^`\n]{1,80})`(?!`)/g;
/** A name, perhaps with members or a call: `put`, `Cart.put`, `put(name)`. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*(?:\([^()]*\))?$/u;
/** A path of one of the attached files, perhaps with a line. */
const PLACE = /^(.+?)(?::(\d+)(?:-\d+)?)?$/;

/** The texts between the backticks that can be links, each once. */
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

/** The name to search for: the last of a chain, without the brackets of a call. */
export const lastName = (code: string) => chain(code).at(-1)!;

const chain = (code: string) => code.replace(/\([^()]*\)$/, "").split(".");

/** The line that a text names, 1-based, or 0 for the whole file. Undefined if the text does not name this file. */
export function lineIn(code: string, { label, detail }: { label: string; detail: string }): number | undefined {
  const [, path, line] = PLACE.exec(code) ?? [];
  const name = label.replace(/:\d+(-\d+)?$/, "");
  return path === name || path === detail ? Number(line ?? 0) : undefined;
}

const isPlaceIn = (code: string, reference: { label: string; detail: string }) => lineIn(code, reference) !== undefined;

const wordsOf = (text: string) => new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu));

/**
 * A link as a browser reads it, so that the user sees where it really leads: hosts in Punycode (`xn--…`), other
 * look-alike characters percent-encoded. Undefined unless it is http, https or mailto.
 */
export function linkTarget(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}
