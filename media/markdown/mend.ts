/** What is shown of Markdown that is still being written, so that it does not jump when the rest comes. Pure. */

/** A line that may become anything: `-` is a list's, a heading's or a rule's beginning, "``" that of a fence. */
const UNDECIDED = /^\s*([-*+_=#>`~|:]+|\d{1,9}[.)]?)\s*$|^\s*(`{3,}|~{3,})[^`]*$/;

/** Without a last line of which nothing can be said yet. */
export function withoutUndecided(text: string): string {
  const start = text.lastIndexOf("\n") + 1;
  return UNDECIDED.test(text.slice(start)) ? text.slice(0, start) : text;
}

/** Closes what is open in the last line's paragraph; elsewhere it is known already what is never closed. */
export function mended(text: string): string {
  // In code nothing is open: there are no marks in it.
  if ((text.match(/^\s*(```|~~~)/gm) ?? []).length % 2 === 1) return text;
  const paragraph = text.slice(text.lastIndexOf("\n\n") + 1);
  const { cut, add } = mend(paragraph);
  return text.slice(0, text.length - cut) + add;
}

/**
 * What has to be done at the end of a paragraph in which code, bold text or a link is still open.
 *
 * @returns how many characters to leave out at its end, and what to add then.
 */
export function mend(paragraph: string): { cut: number; add: string } {
  const code = openCode(paragraph);
  if (code) return closed(paragraph, code);
  const link = /\[([^\][]*)\]\([^)\s]*$/.exec(paragraph);
  if (link) return { cut: link[0].length, add: link[1] ?? "" };
  const bold = (paragraph.replace(/(`+)[^`](?:.*?[^`])??\1(?!`)|\\./gs, "").match(/\*\*/g) ?? []).length % 2 === 1;
  if (bold) return closed(paragraph, "**");
  return { cut: 0, add: "" };
}

/** A mark that ends the paragraph encloses nothing yet: it is left out. Half a closing one is completed. */
function closed(paragraph: string, mark: string): { cut: number; add: string } {
  if (paragraph.endsWith(mark)) return { cut: mark.length, add: "" };
  if (mark === "**" && paragraph.endsWith("*")) return { cut: 0, add: "*" };
  // Bold text cannot end with a space.
  const spaces = mark === "**" ? paragraph.length - paragraph.trimEnd().length : 0;
  return { cut: spaces, add: mark };
}

/** The backticks of inline code that has not been closed. */
function openCode(paragraph: string): string | undefined {
  let open: string | undefined;
  for (const [run] of paragraph.matchAll(/\\`|`+/g)) {
    if (open === undefined && run.startsWith("`")) open = run;
    else if (run === open || (run === "\\`" && open === "`")) open = undefined;
  }
  return open;
}
