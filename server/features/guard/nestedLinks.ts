/** Finds links in links, and bold text in bold text: replies repeat them around a selected part of a line. */
import type { Hunk } from "./hunks.ts";

const MARKDOWN = [
  // An image in a link is intended.
  /(?<!!)\[[^[\]]*(?<!!)\[([^[\]]*)\]\([^()\s]*\)[^[\]]*\]\(/,
  /\]\([^()[\]]*\[([^[\]]*)\]\(/,
  /(?<!\*)\*{4}([^*]+)\*{4}(?!\*)/,
];
const ELEMENTS = [/<a\s[^<>]*>[^<]*<a\s[^<>]*>([^<]*)/];
const FORMS: Record<string, RegExp[]> = {
  markdown: MARKDOWN,
  mdx: MARKDOWN,
  html: ELEMENTS,
  vue: ELEMENTS,
  svelte: ELEMENTS,
  typescriptreact: ELEMENTS,
  javascriptreact: ELEMENTS,
};

/** The inner texts that are newly nested. */
export function nestedLinks(hunks: readonly Hunk[], languageId: string): string[] {
  if (!Object.hasOwn(FORMS, languageId)) return [];
  const nested = (lines: readonly string[]) =>
    lines.flatMap((line) => FORMS[languageId]!.flatMap((form) => form.exec(line)?.[1] ?? []));
  return hunks.flatMap(({ removed, added }) => {
    const known = new Set(nested(removed));
    return nested(added).filter((text) => !known.has(text));
  });
}
