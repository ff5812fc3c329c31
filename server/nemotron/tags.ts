/**
 * The tags in the models' language. In the vocabularies of Nano v2 and Llama they are plain text with several tokens
 * each, so they are searched for in text that can be cut anywhere. The marks of turns are special tokens and never
 * appear in a reply's text.
 */

export const THINK = "<think>";
export const END_THINK = "</think>";
export const TOOL_CALL = "<TOOLCALL>";
export const END_TOOL_CALL = "</TOOLCALL>";

/**
 * The index in `text` from which its end can be the beginning of one of `words`; `text.length` if there is none. Does
 * not look for whole words inside `text`.
 */
export function possibleStart(text: string, words: readonly string[]): number {
  const longest = Math.max(0, ...words.map((word) => word.length - 1));
  for (let at = Math.max(0, text.length - longest); at < text.length; at++) {
    const end = text.slice(at);
    if (words.some((word) => word.startsWith(end))) return at;
  }
  return text.length;
}
