/**
 * The tags in the models' language. In Nano v2's vocabulary, and Llama's, they are plain text, several tokens each: they are
 * looked for in text that may arrive cut anywhere. The marks of turns are tokens of their own and never show in a reply's
 * text.
 */

export const THINK = "<think>";
export const END_THINK = "</think>";
export const TOOL_CALL = "<TOOLCALL>";
export const END_TOOL_CALL = "</TOOLCALL>";

/**
 * Where the longest end of `text` starts that is the beginning of one of `words`, which it may go on to become:
 * `text.length` when there is none. Whole words inside `text` are the caller's to find.
 */
export function possibleStart(text: string, words: readonly string[]): number {
  const longest = Math.max(0, ...words.map((word) => word.length - 1));
  for (let at = Math.max(0, text.length - longest); at < text.length; at++) {
    const end = text.slice(at);
    if (words.some((word) => word.startsWith(end))) return at;
  }
  return text.length;
}
