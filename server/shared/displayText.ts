/** Names and texts from outside, made safe for people to read. */

/**
 * Control characters, line breaks and bidirectional controls: they are invisible and change what is visible (Unicode
 * Technical Report 36, "Bidirectional Text Spoofing").
 */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** The text in one line, without invisible characters. @param longest maximum length, characters. */
export function sanitizeDisplayText(text: string, longest = Number.POSITIVE_INFINITY): string {
  const shown = text.replace(INVISIBLE, (invisible) => (/\s/.test(invisible) ? " " : "\ufffd"));
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}

/** Maximum length of a quotation from another program, characters. */
export const MAX_QUOTED_CHARS = 300;

/**
 * The words of another program, such as an endpoint, in one line, for quoting in an error. A secret in them is hidden
 * before they are cut to MAX_QUOTED_CHARS.
 */
export function quotedWords(text: string, secret?: string): string {
  const words = text.replace(/\s+/g, " ").trim();
  return (secret ? words.replaceAll(secret, "…") : words).slice(0, MAX_QUOTED_CHARS);
}
