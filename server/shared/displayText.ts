/** Names and texts from outside, made safe for people to read. */

/**
 * Control characters, line breaks and bidirectional controls: they are invisible and change what is visible (Unicode
 * Technical Report 36, "Bidirectional Text Spoofing").
 */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** The same in one line of text, without invisible characters. @param longest maximum length, characters. */
export function sanitizeDisplayText(text: string, longest = Number.POSITIVE_INFINITY): string {
  const shown = text.replace(UNSEEN, (unseen) => (/\s/.test(unseen) ? " " : "\ufffd"));
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}

/** How much of what others say is quoted, characters. */
export const MAX_QUOTED_CHARS = 300;

/** Another party's words in one line, to be quoted in an error. A secret in them is hidden before they are cut. */
export function quotedWords(text: string, secret?: string): string {
  const words = text.replace(/\s+/g, " ").trim();
  return (secret ? words.replaceAll(secret, "…") : words).slice(0, MAX_QUOTED_CHARS);
}
