/** Names and texts from outside, where a person reads them. */

/**
 * Controls, line breaks among them, and what turns the direction of the text around: none of it is to be seen, and all of
 * it changes what is (Unicode Technical Report 36, "Bidirectional Text Spoofing").
 */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** The same in one line of text, in which everything can be seen. @param longest characters. */
export function visible(text: string, longest = Number.POSITIVE_INFINITY): string {
  const shown = text.replace(UNSEEN, (unseen) => (/\s/.test(unseen) ? " " : "\ufffd"));
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}
