/** Finds a thought that precedes the answer in one text. Both can contain the tags as text. */

/** What opens or closes code, ends of lines, and the tags. */
const SIGNS =
  /^[ \t]*(?<fence>`{3,}|~{3,})(?<info>[^`\n]*)$|(?<glued>`{3,})[\w+#-]*[ \t]*$|(?<ticks>`+)|(?<line>\n)|(?<tag><\/?think(?:ing)?>)/gm;
/** A quotation mark before a tag. */
const QUOTED = /(?:^|[\s([{=:,])["'“‘]$/;
const SENTENCE_END = /[.!?…。！？]$/;

type Tag = { at: number; end: number; opens: boolean };

/**
 * The text before and after the tag that closes the thought. Undefined if the text does not begin inside a thought. A
 * tag in code, in quotes or within a sentence is text, and so is a closing tag after an opening tag.
 */
export function splitThought(text: string): { thought: string; rest: string } | undefined {
  const begin = /^\s*<think(?:ing)?>/.exec(text)?.[0].length ?? 0;
  const found = tagsOutsideCode(text).find(({ at, end }) => at >= begin && !isMentioned(text, at, end));
  if (!found || found.opens) return undefined;
  const rest = text.slice(found.end).replace(/^(?:\s*<\/think(?:ing)?>)+/, "");
  return { thought: text.slice(begin, found.at).trim(), rest: rest.replace(/^\s*\n/, "") };
}

function isMentioned(text: string, at: number, end: number): boolean {
  const before = text.slice(text.lastIndexOf("\n", at) + 1, at);
  const behind = text.slice(end).split("\n", 1)[0]!;
  if (QUOTED.test(before) || /^["'”’]/.test(behind)) return true;
  // More of the last line may still come.
  const continues = /\S/.test(behind) || !text.includes("\n", end);
  return /\S\s+$/.test(before) && !SENTENCE_END.test(before.trim()) && continues;
}

function tagsOutsideCode(text: string): Tag[] {
  const tags: Tag[] = [];
  let [fence, depth, span] = ["", 0, ""];
  for (const { 0: sign, index, groups = {} } of text.matchAll(SIGNS)) {
    const run = groups.fence ?? groups.glued ?? groups.ticks ?? "";
    const isFence = groups.ticks === undefined && run !== "";
    if (groups.line) span = "";
    else if (groups.tag) {
      if (fence === "" && span === "") tags.push({ at: index, end: index + sign.length, opens: sign[1] !== "/" });
    } else if (fence !== "") {
      if (!isFence || !run.startsWith(fence)) continue;
      // A fence with a language opens a block within the block.
      if (groups.info?.trim()) depth++;
      else if (depth-- === 0) [fence, depth] = ["", 0];
    } else if (span !== "") span = span === run ? "" : span;
    else if (isFence) fence = run;
    else span = run;
  }
  return tags;
}
