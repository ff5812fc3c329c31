/** Reads answers for Markdown files, whose own blocks also have fences. */

import { languageOf } from "../code/languages.ts";
import { type FencedBlock, fencedBlocks, isFence, outermostBlock } from "../text/fences.ts";
import { isBlank, linesOf } from "../text/lines.ts";
import { inPattern, shareOf, wordsOf } from "../text/words.ts";
import { tagOf } from "./choose.ts";
import { trimmedLines } from "./dressing.ts";
import { unfenced } from "./unfenced.ts";

/** Languages whose files contain fences themselves. */
export const FENCED_LANGUAGES = new Set(["markdown", "mdx"]);
const WRAPS = /^(?:markdown|md|mdx|)$/;

/** The code of an answer. "several" if more than one block fits, undefined if nothing is usable. */
export type MarkdownReading = { code: string; open: boolean; info?: string } | "several" | undefined;

/** Reads an answer for a Markdown file. `inFence`: the selection is in a code block of the document. `asked`: the instruction. */
export function markdownOf(answer: readonly string[], selected: string, inFence: boolean, asked = ""): MarkdownReading {
  const blocks = fencedBlocks(answer);
  const [first, ...more] = blocks;
  const own = trimmedLines(linesOf(selected));
  const isBlock = own.length >= 2 && isFence(own[0]!) && isFence(own.at(-1)!) && !own.slice(1, -1).some(isFence);
  if (!first) return withFences(unfenced(answer, "markdown", selected), own, isBlock);
  if (inFence) return more.length === 0 ? first : "several";
  const tag = tagOf(first.info);
  if (isBlock && more.length === 0 && !(WRAPS.test(tag) && linesOf(first.code).some(isFence)))
    return withFences(first.code, [openingOf(first, own[0]!, asked), ...own.slice(1)], true, first.open);
  if (WRAPS.test(tag)) return wrapped(answer, first, more);
  // Blocks between prose belong to the document.
  const around = answer.filter((line, i) => (i < first.first || i > first.last) && !isBlank(line));
  const has = own.some(isFence) || more.length > 0;
  const alike = shareOf(wordsOf(selected), wordsOf(around.join("\n")));
  if (around.length > 0 && (has || alike >= 0.5)) {
    const text = unfenced(answer, "markdown", selected);
    return text === undefined ? undefined : { code: text, open: blocks.some(({ open }) => open) };
  }
  return more.length === 0 ? first : "several";
}

/** A Markdown block with nested blocks. Remarks with blocks of their own may follow. */
function wrapped(answer: readonly string[], first: FencedBlock, more: readonly FencedBlock[]): MarkdownReading {
  if (more.length === 0) return first.open ? (outermostBlock(answer) ?? first) : first;
  // A fence without a tag may open or close a block.
  if (more.every(({ info }) => tagOf(info) !== "" && !WRAPS.test(tagOf(info)))) return first;
  const named = more.filter(({ info }) => tagOf(info) !== "");
  // Several Markdown blocks: only one can be the answer.
  if (named.some(({ info }) => WRAPS.test(tagOf(info))) && named.length === more.length && tagOf(first.info) !== "")
    return more.every(({ code }) => code.trim() === first.code.trim()) ? first : "several";
  return outermostBlock(answer) ?? "several";
}

/** The selection's first fence, with the language of the answer's if the instruction names that. */
function openingOf({ info }: FencedBlock, fence: string, asked: string): string {
  const [language, own] = [tagOf(info), tagOf(fence.trim().replace(/^[`~]+\s*/, ""))];
  const names = [info, language, languageOf(`a.${language}`)].filter((name) => /^[\w+#-]+$/.test(name));
  const isAsked = names.some((name) => new RegExp(`(?<![\\w+#])${inPattern(name)}(?![\\w+#])`, "i").test(asked));
  return language === own || own === "" || !isAsked ? fence : fence.replace(/(?<=[`~]\s*)[\w+#-]+/, language);
}

/** The code with the selection's fences around it, if the selection is a block and the code has no fence. */
function withFences(code: string | undefined, own: readonly string[], isBlock: boolean, open = false): MarkdownReading {
  if (code === undefined) return undefined;
  const lines = trimmedLines(linesOf(code));
  if (!isBlock || (lines.length > 0 && isFence(lines[0]!))) return { code, open };
  return { code: [own[0]!, ...linesOf(code), own.at(-1)!].join("\n"), open };
}
