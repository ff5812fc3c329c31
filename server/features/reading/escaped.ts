/** Restores code whose characters are written as HTML entities: `if (a &lt; b)`. */
import { isBlank } from "../text/lines.ts";
import { linesInText } from "../text/linesInText.ts";
import { isComment } from "../text/words.ts";

const SIGNS: [entity: RegExp, sign: string][] = [
  [/&(?:lt|#60|#x3c);/gi, "<"],
  [/&(?:gt|#62|#x3e);/gi, ">"],
  [/&(?:quot|#34|#x22);/gi, '"'],
  [/&(?:apos|#0?39|#x27);/gi, "'"],
  // The last one, or "&amp;lt;" would become "<".
  [/&(?:amp|#38|#x26);/gi, "&"],
];
const ENTITY = /&(?:lt|gt|quot|apos|amp|#\d{2,3}|#x[\da-f]{2});/i;
/** Languages whose text may contain entities. */
const MARKUP = /^(?:x?html|xml|xsl|svg|vue|svelte|astro|erb|handlebars|jinja.*|blade|twig|markdown|mdx|plaintext)$/;
/** Languages that may contain elements, with entities in their text. */
const WITH_ELEMENTS = /^(?:(?:type|java)script(?:react)?|php|razor|aspnetcorerazor|elixir|dart)$/;
const ASKS = /\bescap|entit|\bencod|maskier|kodier|échapp|escapar|codific|エスケープ|エンコード/i;

/**
 * The code with characters in place of entities. The same lines if nothing is escaped, or if the entities are intended.
 * Undefined if it is unclear which of them are.
 */
export function unescaped(
  lines: readonly string[],
  { languageId, selected, asked = "" }: { languageId: string; selected: string; asked?: string },
): string[] | undefined {
  const text = lines.join("\n");
  if (!ENTITY.test(text) || ENTITY.test(selected) || ASKS.test(asked)) return [...lines];
  if (MARKUP.test(languageId)) return isEscapedMarkup(text, selected) ? lines.map(plain) : [...lines];
  if (!codeLines(lines, languageId).some((line) => ENTITY.test(line))) return [...lines];
  const bare = text.replace(new RegExp(ENTITY, "gi"), "");
  if (WITH_ELEMENTS.test(languageId) && bare.includes("<")) return [...lines];
  const all = SIGNS.every(([entity, sign]) => text.search(entity) < 0 || !bare.includes(sign));
  return all ? lines.map(plain) : undefined;
}

const plain = (line: string) => SIGNS.reduce((text, [entity, sign]) => text.replace(entity, sign), line);

/** Whether the selection begins with an element, and the code has only escaped ones. */
const isEscapedMarkup = (text: string, selected: string) =>
  /^\s*</.test(selected) && /^\s*&lt;/i.test(text) && !text.includes("<");

/** The lines without comments and strings, in which entities may be intended. */
function codeLines(lines: readonly string[], languageId: string): string[] {
  const inside = linesInText(lines, languageId);
  return lines.flatMap((line, i) =>
    isBlank(line) || inside[i] || isComment(line)
      ? []
      : [line.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\/\/ .*|\s# .*/g, "")],
  );
}
