/** Texts as lines. LSP has three line endings; the model always sees "\n". */
const LINE_ENDING = /\r\n|\r|\n/;

/**
 * The lines without their endings. There is at least one. A text that ends with a line ending has an empty last line.
 */
export function linesOf(text: string): string[] {
  return text.split(LINE_ENDING);
}

/** The same text with "\n" for every line ending. */
export function unixLines(text: string): string {
  return linesOf(text).join("\n");
}

/** Whether a line is empty or has only white space. */
export function isBlank(line: string): boolean {
  return !/\S/.test(line);
}

/** The byte order mark, which is not part of the text. */
export const ENCODING_MARK = "\ufeff";

/** The lines of a file, without a byte order mark. */
export function textLines(text: string): string[] {
  return linesOf(text.startsWith(ENCODING_MARK) ? text.slice(1) : text);
}

/** A text in one line, shortened to at most `longest` characters. */
export function inOneLine(text: string, longest: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** The largest number of lines, up to `most`, for which something holds; 0 if it never does. */
export function longest(most: number, holds: (n: number) => boolean): number {
  for (let n = most; n > 0; n--) if (holds(n)) return n;
  return 0;
}

/** Maximum length of a line of code, characters. */
const LONGEST_CODE = 2000;

/** Whether a line is too long for hand-written code. It is data, and patterns for code would be slow on it. */
export const isData = (line: string): boolean => line.length > LONGEST_CODE;

/** The numbers of lines, both inclusive. None if the last is before the first. */
export const lineNumbers = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

/** Whether two lists of lines are equal. */
export const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);
